"""Judges what the survey saw: pure functions from answers and settings to findings, one dictionary each."""

import json
import re

SUPPORTED_DISTRIBUTIONS = {"debian": ("12", "13"), "ubuntu": ("22.04", "24.04", "26.04")}
SUPPORTED_MINORS = ("1.35", "1.36", "1.37")
ARCHITECTURES = ("x86_64", "aarch64")
OURS = {"kube-apiserver", "kube-controller", "kube-scheduler", "kubelet", "etcd", "kube-proxy", "haproxy"}


def survey_of(answer):
    """Returns the survey in the result of the survey task, or an empty one with the reason why there is none."""
    try:
        return json.loads(answer.get("stdout", ""))
    except ValueError:
        return {"problem": problem_of(answer)}


def problem_of(answer):
    """Names what kept the survey from running, with its cure."""
    parts = [answer.get(key) for key in ("msg", "module_stderr", "module_stdout", "stderr")]
    said = "\n".join(str(part) for part in parts if part).strip()
    last = said.splitlines()[-1] if said else "no answer"
    if answer.get("unreachable"):
        return f"it does not answer to ssh: {last.split('over ssh: ')[-1]}", "Check the address, the user and the key: `ssh USER@HOST true` must work."
    if re.search(r"python3?: (No such file|not found)|python3?.*not found", said):
        return "it has no python3", "Install it: `apt-get install python3-minimal python3-apt`."
    if re.search(r"sudo|privilege|password", said, re.I):
        return f"the user may not use sudo without a password: {last}", "Give the user passwordless sudo, or use --ask-become-pass."
    if "SyntaxError" in said:
        return "its python3 is too old", "Python 3.9 or newer is needed."
    return f"the survey failed: {last}", "Run the playbook with -vvv to see what the host said."


def findings(surveys, settings):
    """Returns all findings about all hosts.

    `surveys` maps a host's name to its survey; `settings` has the operator's wishes (see tasks/main.yml).
    """
    found = list(about_cluster(surveys, settings))
    for host, survey in surveys.items():
        if "problem" in survey:
            found.append((host, *survey["problem"]))
        else:
            found.extend((host, *finding) for finding in about_host(host, survey, settings))
    found.extend(about_twins(surveys))
    return [{"host": host, "finding": finding, "cure": cure} for host, finding, cure in found]


def about_cluster(surveys, settings):
    """Yields what is wrong with the inventory and the settings as a whole."""
    planes = settings["control_planes"]
    host = planes[0] if planes else next(iter(surveys), "")
    if len(planes) not in (1, 3):
        yield host, f"the inventory has {len(planes)} control planes", "Put one or three hosts into the group control_plane."
    for both in sorted(set(planes) & set(settings["workers"])):
        yield both, "it is control plane and worker at once", "Leave it in one of the two groups."
    release = settings["release"]
    if not re.fullmatch(r"\d+\.\d+\.\d+", release) or not release.startswith(tuple(f"{m}." for m in SUPPORTED_MINORS)):
        yield host, f"Kubernetes {release} is not supported", "Set kubernetes_version to 1.35, 1.36 or 1.37, or to a patch release of one."
    if settings["source"] not in ("upstream", "mirror"):
        yield host, f"artifact_source is {settings['source']}", "Set it to upstream or mirror."
    elif settings["source"] == "mirror" and not re.match(r"https?://|/", settings["mirror"]):
        yield host, "artifact_source is mirror and mirror_url is no URL and no absolute path", "Set mirror_url."
    yield from about_release(host, surveys, settings)


def about_release(host, surveys, settings):
    """Yields why the cluster that runs may not become the release that is asked for in this way."""
    running = surveys.get(host, {}).get("kubernetes", {}).get("api_server", "")
    if not running or running == settings["release"]:
        return
    was, wanted = numbers(running), numbers(settings["release"])
    if not settings["upgrading"]:
        yield host, f"the cluster runs {running} and the inventory asks for {settings['release']}", (
            f"Run upgrade.yml (`shopctl cluster upgrade`), or set kubernetes_version to \"{running}\".")
    elif wanted < was:
        yield host, f"{settings['release']} is older than {running}, which runs", "Kubernetes cannot go back; restore an etcd snapshot instead."
    elif wanted[1] - was[1] > 1:
        yield host, f"from {running} to {settings['release']} is more than one minor version", (
            f"Upgrade to 1.{was[1] + 1} first.")


def numbers(release):
    """Returns the parts of a version as numbers."""
    return [int(part) for part in re.findall(r"\d+", release)[:3]]


def about_host(host, survey, settings):
    """Yields what is wrong with one host."""
    yield from about_system(survey)
    yield from about_size(survey, settings)
    yield from about_clock(survey, settings)
    yield from about_kubernetes(host, survey, settings)
    yield from about_ports(host, survey, settings)
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host):
        yield f"{host} cannot be the name of a node", "Use lower-case letters, digits, dots and hyphens in the inventory."


def about_system(survey):
    """Yields what is wrong with the operating system."""
    system = survey["distribution"]
    if system["version"] not in SUPPORTED_DISTRIBUTIONS.get(system["id"], ()):
        yield f"it runs {system['name'] or 'an unknown system'}", "Use Debian 12 or 13, or Ubuntu 22.04, 24.04 or 26.04."
    if survey["architecture"] not in ARCHITECTURES:
        yield f"its architecture is {survey['architecture']}", "Use an x86_64 or aarch64 machine."
    if not survey["systemd"]:
        yield "systemd does not run", "Use a machine, not an application container."
    for name, state in survey["modules"].items():
        if state == "missing":
            yield f"its kernel has no {name}", "Use the distribution's own kernel."
    if not survey["route"]["address"]:
        yield "it has no default route", "Give it one, or set node_ip for this host."


def about_size(survey, settings):
    """Yields in what the host is too small."""
    sizes = (("cpus", "CPUs", "cpus"), ("memory_mb", "MiB of memory", "memory_mb"), ("free_disk_gb", "GiB free in /var/lib", "disk_gb"))
    for key, unit, setting in sizes:
        needed = float(settings["minimum_" + setting])
        if survey[key] < needed and not (key == "free_disk_gb" and survey["kubernetes"]["joined"]):
            yield f"it has {survey[key]} {unit}, {needed:g} are needed", f"Use a larger machine, or lower minimum_{setting}."


def about_clock(survey, settings):
    """Yields whether the clock is off."""
    offset = survey["clock_offset"]
    if abs(offset) > settings["clock_tolerance"]:
        ahead = "ahead of" if offset > 0 else "behind"
        yield f"its clock is {abs(offset):.0f} s {ahead} the controller's", "Run a time service: `apt-get install systemd-timesyncd`."


def about_kubernetes(host, survey, settings):
    """Yields what stands in the way of the kubelet, and whose Kubernetes is there already."""
    if survey["swaps"] and settings["fail_on_swap"]:
        yield f"swap is on ({', '.join(survey['swaps'])})", (
            "Turn it off with `swapoff -a` and in /etc/fstab, or set kubelet_extra_config.failSwapOn to false.")
    state = survey["kubernetes"]
    if state["configured"] and not (state["begun"] or state["joined"]):
        yield "it belongs to a cluster that these playbooks did not make", "Run `kubeadm reset` there, or leave it out of the inventory."
    elif state["joined"] and (host in settings["control_planes"]) != bool(state["api_server"]):
        was = "control plane" if state["api_server"] else "worker"
        yield f"it is a {was} of the cluster and stands in another group", "Put it back into its group, or reset it first."
    if state["joined"] and state["endpoint"] and not settings["upgrading"] and host == settings["control_planes"][0]:
        yield from about_endpoint(survey, settings)


def about_endpoint(survey, settings):
    """Yields whether the cluster was made for another address of the API than the inventory has now."""
    endpoint = survey["kubernetes"]["endpoint"]
    if settings["endpoint"] and endpoint != settings["endpoint"]:
        yield f"the cluster was made for the API at {endpoint}, the inventory says {settings['endpoint']}", (
            "The number of control planes and control_plane_endpoint are chosen once: set them back, or reset the cluster.")


def about_ports(host, survey, settings):
    """Yields the ports that somebody else holds."""
    ours = survey["kubernetes"]["begun"] or survey["kubernetes"]["joined"]
    needed = {10250, 10256}
    needed |= {6443, 2379, 2380, 10257, 10259} if host in settings["control_planes"] else set()
    needed |= {80, 443} if host in settings["ingress_hosts"] else set()
    needed |= {settings["balancer_port"]} if settings["balanced"] else set()
    for port, owner in sorted(survey["ports"].items(), key=lambda item: int(item[0])):
        if int(port) in needed and not (ours and owner in OURS):
            yield f"port {port} is taken by {owner}", f"Stop {owner}, or let it listen elsewhere."


def about_twins(surveys):
    """Yields hosts that share what every host must have for itself."""
    for key, name, cure in (
        ("hostname", "host name", "Give it a name of its own: `hostnamectl set-hostname NAME`."),
        ("machine_id", "machine id", "Make a new one: `rm /etc/machine-id && systemd-machine-id-setup`, then restart it."),
    ):
        seen = {}
        for host, survey in surveys.items():
            value = survey.get(key)
            if value and value in seen:
                yield host, f"it has the {name} {value}, as {seen[value]} has", cure
            seen.setdefault(value, host)


class FilterModule:
    """Makes the functions known to Ansible."""

    def filters(self):
        """Returns the filters by their names in templates."""
        return {"preflight_survey_of": survey_of, "preflight_findings": findings}
