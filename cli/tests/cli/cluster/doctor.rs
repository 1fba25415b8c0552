//! `doctor --target ec2`

use super::ansible::Site;

const DOCTOR: [&str; 5] = ["doctor", "--target", "ec2", "--inventory", "hosts.yaml"];

#[test]
fn all_findings_of_all_hosts_are_told_at_once() {
    let site = Site::new(
        r#"
tell '{"event":"play","name":"All","hosts":["host-1","host-2"]}'
tell '{"event":"result","host":"host-1","task":"t","status":"failed","finding":{"host":"host-1","finding":"port 80 is taken by nginx","cure":"Stop nginx."}}'
tell '{"event":"result","host":"host-1","task":"t","status":"failed","finding":{"host":"host-1","finding":"swap is on","cure":"swapoff -a"}}'
exit 2
"#,
    );
    let mut words = DOCTOR.to_vec();
    words.extend(["--output", "json"]);
    let ended = site.run(&words);
    assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
    let document = ended.document();
    assert_eq!(document["schema"], "shopctl.doctor/v1");
    assert_eq!(document["healthy"], false);
    let findings = document["findings"].as_array().unwrap();
    let of = |place: usize| {
        (
            findings[place]["name"].as_str(),
            findings[place]["met"].as_bool(),
        )
    };
    assert_eq!(findings.len(), 3, "{document:#}");
    assert_eq!(of(0), (Some("host-1"), Some(false)));
    assert_eq!(of(2), (Some("host-2"), Some(true)));
}

#[test]
fn fit_hosts_are_fit() {
    let site = Site::new("exit 0");
    let ended = site.run(&DOCTOR);
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    assert!(
        ended.stdout.contains("host-1  fit for a cluster"),
        "{}",
        ended.snapshot()
    );
    assert!(site.text("bin/argv").contains("doctor.yml"));
}

#[test]
fn a_doctor_that_cannot_look_is_a_failed_tool() {
    let site = Site::new("exit 4");
    assert_eq!(site.run(&DOCTOR).code, Some(20));
}
