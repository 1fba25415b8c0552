"""What preflight and doctor say about hosts."""

import importlib.util
import pathlib
import unittest

ROLE = pathlib.Path(__file__).parent.parent / "roles" / "preflight"


def load(path):
    """Loads a file that is no package as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FINDINGS = load(ROLE / "filter_plugins" / "findings.py")

SETTINGS = {
    "control_planes": ["one"],
    "workers": ["two"],
    "ingress_hosts": ["two"],
    "balanced": False,
    "balancer_port": 7443,
    "endpoint": "10.0.0.1:6443",
    "release": "1.36.3",
    "upgrading": False,
    "source": "upstream",
    "mirror": "",
    "minimum_cpus": 2,
    "minimum_memory_mb": 1700,
    "minimum_disk_gb": 10,
    "clock_tolerance": 10,
    "fail_on_swap": True,
}


def healthy(name, **changed):
    """Returns the survey of a bare host that lacks nothing."""
    survey = {
        "clock_offset": 0.2,
        "distribution": {"id": "debian", "version": "12", "name": "Debian GNU/Linux 12"},
        "architecture": "x86_64",
        "hostname": name,
        "machine_id": name * 8,
        "cpus": 2,
        "memory_mb": 4000,
        "free_disk_gb": 40.0,
        "swaps": [],
        "ports": {},
        "route": {"interface": "eth0", "address": "10.0.0.1", "mtu": 1500},
        "systemd": True,
        "modules": {"overlay": "there", "br_netfilter": "loadable"},
        "kubernetes": {"begun": False, "joined": False, "upgrading": False, "configured": False,
                       "api_server": "", "kubelet": "", "endpoint": ""},
    }
    return {**survey, **changed}


def member(**changed):
    """Returns what Kubernetes looks like on a host of a running cluster."""
    return {"begun": False, "joined": True, "upgrading": False, "configured": True,
            "api_server": "", "kubelet": "1.36.3", "endpoint": "10.0.0.1:6443", **changed}


def found(one=None, two=None, **settings):
    """Returns the findings about two hosts as pairs of host and text."""
    surveys = {"one": one or healthy("one"), "two": two or healthy("two")}
    return [(item["host"], item["finding"]) for item in FINDINGS.findings(surveys, {**SETTINGS, **settings})]


class Findings(unittest.TestCase):
    """Each fault is found once, at the host that has it."""

    def test_healthy_hosts_have_none(self):
        self.assertEqual(found(), [])

    def test_sizes(self):
        small = healthy("two", cpus=1, memory_mb=900, free_disk_gb=3.5)
        self.assertEqual(found(two=small), [
            ("two", "it has 1 CPUs, 2 are needed"),
            ("two", "it has 900 MiB of memory, 1700 are needed"),
            ("two", "it has 3.5 GiB free in /var/lib, 10 are needed")])

    def test_a_running_node_may_have_filled_its_disk(self):
        full = healthy("two", free_disk_gb=3.5, kubernetes=member())
        self.assertEqual(found(two=full), [])

    def test_distribution(self):
        old = healthy("one", distribution={"id": "debian", "version": "11", "name": "Debian GNU/Linux 11"})
        self.assertEqual(found(one=old), [("one", "it runs Debian GNU/Linux 11")])

    def test_swap_counts_only_when_the_kubelet_minds(self):
        swapping = healthy("two", swaps=["/dev/vda2"])
        self.assertEqual(found(two=swapping), [("two", "swap is on (/dev/vda2)")])
        self.assertEqual(found(two=swapping, fail_on_swap=False), [])

    def test_ports_of_others(self):
        busy = healthy("one", ports={"6443": "nginx", "80": "nginx"})
        self.assertEqual(found(one=busy), [("one", "port 6443 is taken by nginx")])
        busy = healthy("two", ports={"6443": "nginx", "80": "nginx"})
        self.assertEqual(found(two=busy), [("two", "port 80 is taken by nginx")])

    def test_ports_of_our_own_kubernetes(self):
        running = healthy("one", ports={"6443": "kube-apiserver"}, kubernetes=member(api_server="1.36.3"))
        self.assertEqual(found(one=running), [])
        stranger = healthy("one", ports={"6443": "kube-apiserver"})
        self.assertEqual(found(one=stranger), [("one", "port 6443 is taken by kube-apiserver")])

    def test_a_cluster_of_somebody_else(self):
        other = healthy("two", kubernetes={**healthy("two")["kubernetes"], "configured": True})
        self.assertEqual(found(two=other), [("two", "it belongs to a cluster that these playbooks did not make")])

    def test_twins(self):
        twin = healthy("two", hostname="one", machine_id="one" * 8)
        self.assertEqual(found(two=twin), [
            ("two", "it has the host name one, as one has"),
            ("two", f"it has the machine id {'one' * 8}, as one has")])

    def test_clock(self):
        late = healthy("two", clock_offset=-120.0)
        self.assertEqual(found(two=late), [("two", "its clock is 120 s behind the controller's")])

    def test_number_of_control_planes(self):
        self.assertEqual(found(control_planes=["one", "two"], workers=[]), [("one", "the inventory has 2 control planes")])

    def test_versions(self):
        self.assertEqual(found(release="1.34.4"), [("one", "Kubernetes 1.34.4 is not supported")])
        running = healthy("one", kubernetes=member(api_server="1.35.4", kubelet="1.35.4"))
        self.assertEqual(found(one=running), [("one", "the cluster runs 1.35.4 and the inventory asks for 1.36.3")])
        self.assertEqual(found(one=running, upgrading=True), [])
        self.assertEqual(found(one=running, upgrading=True, release="1.37.2"),
                         [("one", "from 1.35.4 to 1.37.2 is more than one minor version")])
        newer = healthy("one", kubernetes=member(api_server="1.37.2", kubelet="1.37.2"))
        self.assertEqual(found(one=newer, upgrading=True), [("one", "1.36.3 is older than 1.37.2, which runs")])

    def test_endpoint_is_chosen_once(self):
        running = healthy("one", kubernetes=member(api_server="1.36.3", endpoint="api.shop.internal:7443"))
        self.assertEqual(len(found(one=running)), 1)

    def test_every_finding_has_a_cure(self):
        surveys = {"one": healthy("one", cpus=1), "two": {"problem": FINDINGS.problem_of({"unreachable": True, "msg": "timed out"})}}
        for item in FINDINGS.findings(surveys, SETTINGS):
            self.assertTrue(item["cure"].endswith("."), item)


class Problems(unittest.TestCase):
    """A host that cannot even be surveyed is told why."""

    def problem(self, **answer):
        return FINDINGS.survey_of(answer)["problem"][0]

    def test_unreachable(self):
        self.assertEqual(self.problem(unreachable=True, msg="Connection timed out"),
                         "it does not answer to ssh: Connection timed out")

    def test_no_python(self):
        self.assertEqual(self.problem(rc=127, module_stderr="/bin/sh: 1: /usr/bin/python3: not found"), "it has no python3")

    def test_no_sudo(self):
        self.assertIn("may not use sudo", self.problem(rc=1, module_stderr="sudo: a password is required"))

    def test_anything_else_is_quoted(self):
        self.assertEqual(self.problem(rc=1, stderr="odd"), "the survey failed: odd")


if __name__ == "__main__":
    unittest.main()
