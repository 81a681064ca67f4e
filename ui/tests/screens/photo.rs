//! A drawn mug, so that the pictures show a photo without a file.

use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// A mug of one colour on white.
pub fn mug(red: u8, green: u8, blue: u8) -> Image {
    const SIDE: i32 = 240;
    let body = Rgb8Pixel::new(red, green, blue);
    let shade = Rgb8Pixel::new(red / 2, green / 2, blue / 2);
    let white = Rgb8Pixel::new(255, 255, 255);
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(SIDE as u32, SIDE as u32);
    for (i, pixel) in buffer.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (i as i32 % SIDE, i as i32 / SIDE);
        let handle = (x - 172) * (x - 172) + (y - 125) * (y - 125);
        let rim = (x - 108) * (x - 108) / 16 + (y - 62) * (y - 62) < 240;
        *pixel = if rim {
            shade
        } else if (48..168).contains(&x) && (62..206).contains(&y) || (900..1900).contains(&handle) && x > 160
        {
            body
        } else {
            white
        };
    }
    Image::from_rgb8(buffer)
}
