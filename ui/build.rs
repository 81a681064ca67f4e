//! Compiles `app.slint`, the one root of every screen, with its fonts and translations inside.

/// Element names and source positions stay in but for a release: tests find what they press by them.
fn main() {
    let config = slint_build::CompilerConfiguration::new()
        .with_bundled_translations("../assets/lang")
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        .with_debug_info(std::env::var("PROFILE").is_ok_and(|profile| profile != "release"))
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles);
    println!("cargo:rerun-if-changed=../assets/lang");
    if let Err(error) = slint_build::compile_with_config("app.slint", config) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
