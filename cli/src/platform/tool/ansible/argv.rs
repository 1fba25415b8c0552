//! The words of every call. Pure.

use std::path::Path;

use crate::plan::Playbook;
use crate::platform::process::tool::Tool;

/// What a run of a playbook needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The `ansible-playbook` to start.
    pub program: &'a Path,
    /// Where the playbooks are unpacked.
    pub playbooks: &'a Path,
    /// Which one to run.
    pub playbook: Playbook,
    /// The hosts.
    pub inventory: &'a Path,
    /// The file with what `shopctl` tells the playbook. A file, because words can be seen by everybody on the machine.
    pub extra_vars: &'a Path,
}

/// Runs a playbook. It can be pasted and does the same without `shopctl`.
pub fn playbook(call: &Call<'_>) -> Tool {
    let Call {
        program,
        playbooks,
        playbook,
        inventory,
        extra_vars,
    } = call;
    let file = playbooks
        .join("playbooks")
        .join(format!("{}.yml", playbook.name()));
    let configuration = playbooks.join("ansible.cfg");
    Tool::new(vec![
        text(program),
        "--inventory".to_owned(),
        text(inventory),
        "--extra-vars".to_owned(),
        format!("@{}", text(extra_vars)),
        text(&file),
    ])
    .with([("ANSIBLE_CONFIG".to_owned(), text(&configuration))])
}

/// Prints the inventory as Ansible reads it, with the variables of its groups.
pub fn inventory(program: &Path, inventory: &Path) -> Tool {
    Tool::new(vec![
        text(program),
        "--list".to_owned(),
        "--inventory".to_owned(),
        text(inventory),
    ])
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(playbook: Playbook) -> Tool {
        super::playbook(&Call {
            program: Path::new("/usr/bin/ansible-playbook"),
            playbooks: Path::new("/state/ansible/abc"),
            playbook,
            inventory: Path::new("/home/ada/my hosts.yaml"),
            extra_vars: Path::new("/state/clusters/shop/extra-vars.json"),
        })
    }

    #[test]
    fn a_playbook_is_run_by_a_line_that_can_be_pasted() {
        assert_eq!(
            call(Playbook::Site).command_line(),
            "env ANSIBLE_CONFIG=/state/ansible/abc/ansible.cfg /usr/bin/ansible-playbook --inventory \
             '/home/ada/my hosts.yaml' --extra-vars @/state/clusters/shop/extra-vars.json \
             /state/ansible/abc/playbooks/site.yml"
        );
    }

    #[test]
    fn every_playbook_has_a_file_of_its_name() {
        for (playbook, file) in [
            (Playbook::Site, "site.yml"),
            (Playbook::Upgrade, "upgrade.yml"),
            (Playbook::Reset, "reset.yml"),
            (Playbook::Doctor, "doctor.yml"),
        ] {
            let last = call(playbook).argv.pop().unwrap();
            assert_eq!(last, format!("/state/ansible/abc/playbooks/{file}"));
        }
    }

    #[test]
    fn an_inventory_is_read_by_ansible_itself() {
        let tool = inventory(Path::new("/usr/bin/ansible-inventory"), Path::new("hosts"));
        assert_eq!(
            tool.command_line(),
            "/usr/bin/ansible-inventory --list --inventory hosts"
        );
    }
}
