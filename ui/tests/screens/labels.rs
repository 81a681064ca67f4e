//! What a screen reader and a test can hold on to: every control has a role, a label and a key.

use aisle_ui::App;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};

use crate::stage::{self, Manner};

fn elements(app: &App) -> Vec<ElementHandle> {
    ElementQuery::from_root(app).match_descendants().find_all()
}

#[test]
fn every_control_has_a_label_and_a_key() {
    stage::each(Manner::default(), |scene, app, _| {
        let buttons: Vec<_> = elements(app)
            .into_iter()
            .filter(|e| e.accessible_role() == Some(AccessibleRole::Button))
            .collect();
        assert!(buttons.len() >= 3, "{}: only {} controls", scene.name, buttons.len());
        for button in buttons {
            let label = button.accessible_label().unwrap_or_default();
            let key = button.accessible_description().unwrap_or_default();
            assert!(!label.is_empty(), "{}: the control of key {key:?} has no label", scene.name);
            assert!(!key.is_empty(), "{}: {label:?} has no key", scene.name);
        }
    });
}

#[test]
fn what_acts_is_large_enough_for_a_gloved_thumb() {
    stage::each(Manner::default(), |scene, app, _| {
        // The desk is pressed with a mouse or a bare finger; the digit pad is the lowest on a handheld.
        let least = if scene.desk { 61.0 } else { 71.0 };
        for button in elements(app).iter().filter(|e| e.accessible_role() == Some(AccessibleRole::Button)) {
            let (size, label) = (button.size(), button.accessible_label().unwrap_or_default());
            if size.height > 0.0 {
                assert!(size.height >= least, "{}: {label:?} is {} high", scene.name, size.height);
                assert!(size.width >= 72.0, "{}: {label:?} is {} wide", scene.name, size.width);
            }
        }
    });
}

#[test]
fn a_touch_area_stands_only_in_a_control() {
    stage::each(Manner::default(), |scene, app, _| {
        let areas = ElementHandle::find_by_element_type_name(app, "TouchArea").count();
        let taps = elements(app)
            .iter()
            .filter(|e| {
                e.bases().is_some_and(|mut bases| bases.any(|b| b == "Tap"))
                    || e.type_name().is_some_and(|t| t == "Tap")
            })
            .count();
        assert!(areas <= taps, "{}: {areas} touch areas, {taps} controls", scene.name);
    });
}
