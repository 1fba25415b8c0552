"""Looks at a host and prints what it sees as one JSON document. Changes nothing.

Ansible feeds this file to the host's own python3, so it needs nothing but the standard library of Python 3.9.
The one argument is a JSON object: `now` (the controller's clock, seconds), `sysctl` (names whose values are wanted) and
`commands` (names of programs that may be missing).
"""

import fcntl
import glob
import json
import os
import platform
import re
import shutil
import socket
import struct
import subprocess
import sys
import time

STATE = "/var/lib/shopmicro-cluster"
SOFTWARE = "/opt/shopmicro"
KUBERNETES = "/etc/kubernetes"


def text(path):
    """Returns the content of a file, or nothing when there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def distribution():
    """Returns the fields of /etc/os-release that name a distribution and its version."""
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text("/etc/os-release"), re.M))
    return {"id": fields.get("ID", ""), "version": fields.get("VERSION_ID", ""), "name": fields.get("PRETTY_NAME", "")}


def memory_mb():
    """Returns the memory in MiB: what the machine has, or less where a cgroup says so."""
    found = re.search(r"^MemTotal:\s+(\d+)", text("/proc/meminfo"), re.M)
    return int(found.group(1)) // 1024 if found else 0


def free_disk_gb(path):
    """Returns the free space in GiB on the file system that will hold `path`."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return round(shutil.disk_usage(path).free / 2**30, 1)


def swaps():
    """Returns the devices and files that are swapped to."""
    return [line.split()[0] for line in text("/proc/swaps").splitlines()[1:]]


def listening():
    """Returns the inode of the socket that listens on each TCP port."""
    ports = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in text(table).splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                ports[int(fields[1].rsplit(":", 1)[1], 16)] = fields[9]
    return ports


def owners(inodes):
    """Returns the name of the process that holds each of the sockets. Only root sees the processes of others."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    names = {}
    for link in glob.iglob("/proc/[0-9]*/fd/*"):
        try:
            inode = wanted.get(os.readlink(link))
        except OSError:
            continue
        if inode:
            names[inode] = text("/".join(link.split("/")[:3]) + "/comm").strip()
            if len(names) == len(wanted):
                break
    return names


def taken_ports(asked):
    """Returns who listens on those of the asked ports that are taken."""
    ports = {port: inode for port, inode in listening().items() if port in asked}
    names = owners(ports.values()) if ports else {}
    return {str(port): names.get(inode, "an unknown process") for port, inode in ports.items()}


def default_route():
    """Returns interface, address and MTU of the default route."""
    for line in text("/proc/net/route").splitlines()[1:]:
        fields = line.split()
        if fields[1] == "00000000" and fields[7] == "00000000":
            return {"interface": fields[0], "address": source_address(), "mtu": mtu(fields[0])}
    return {"interface": "", "address": "", "mtu": 1500}


def mtu(interface):
    """Returns the MTU of an interface, asked of the kernel: /sys may show another network namespace's interfaces."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        answer = fcntl.ioctl(probe, 0x8921, struct.pack("16si", interface.encode(), 0))  # SIOCGIFMTU
    return struct.unpack("16si", answer)[1]


def source_address():
    """Returns the address that this host sends from. Nothing is sent: a datagram socket only looks up the route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return probe.getsockname()[0]


def modules(names):
    """Returns for each kernel module whether it is `there`, `loadable` or `missing`."""
    built_in = text("/proc/modules") + text(f"/lib/modules/{platform.release()}/modules.builtin").replace("-", "_")
    signs = {"overlay": "\toverlay\n" in text("/proc/filesystems"), "br_netfilter": os.path.isdir("/proc/sys/net/bridge")}
    states = {}
    for name in names:
        if signs.get(name) or re.search(rf"(^|/){name}\b", built_in, re.M):
            states[name] = "there"
        else:
            states[name] = "loadable" if loadable(name) else "missing"
    return states


def loadable(module):
    """Tells whether the kernel could load a module."""
    command = ["/sbin/modprobe", "--dry-run", "--quiet", module]
    try:
        return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def sysctl(names):
    """Returns the present values of kernel settings."""
    return {name: " ".join(text("/proc/sys/" + name.replace(".", "/")).split()) for name in names}


def software():
    """Returns the names of what our playbooks have unpacked completely, and what the programs in use point to."""
    complete = [os.path.relpath(path, SOFTWARE) for path in glob.glob(f"{SOFTWARE}/*/*") if os.path.getsize(path) > 0]
    links = {}
    for path in glob.glob("/usr/local/bin/*"):
        target = os.path.realpath(path)
        if os.path.islink(path) and target.startswith(SOFTWARE + "/"):
            links[os.path.basename(path)] = os.path.relpath(target, SOFTWARE)
    return {"complete": sorted(complete), "links": links}


def is_older(path, source):
    """Tells whether a file that is made from another one was made before the other one changed."""
    return os.path.exists(path) and os.path.exists(source) and os.path.getmtime(path) < os.path.getmtime(source)


def kubernetes():
    """Returns how far Kubernetes got on this host."""
    image = re.search(r"image: \S+kube-apiserver:v(\S+)", text(f"{KUBERNETES}/manifests/kube-apiserver.yaml"))
    server = re.search(r"server: https://(\S+)", text(f"{KUBERNETES}/admin.conf") or text(f"{KUBERNETES}/kubelet.conf"))
    kubelet = re.search(r"/kubernetes-v([^/]+)/", os.path.realpath("/usr/local/bin/kubelet"))
    return {
        "begun": os.path.exists(f"{STATE}/begun"),
        "joined": os.path.exists(f"{STATE}/joined"),
        "upgrading": os.path.exists(f"{STATE}/upgrading"),
        "configured": os.path.exists(f"{KUBERNETES}/kubelet.conf") or os.path.exists(f"{KUBERNETES}/admin.conf"),
        "api_server": image.group(1) if image else "",
        "kubelet": kubelet.group(1) if kubelet else "",
        "settings": text(f"{STATE}/settings").strip(),
        "endpoint": server.group(1) if server else "",
    }


def survey(question):
    """Returns all that the playbooks want to know about this host."""
    return {
        "clock_offset": round(time.time() - question["now"], 2),
        "distribution": distribution(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "hostname": socket.gethostname(),
        "machine_id": text("/etc/machine-id").strip(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_mb": memory_mb(),
        "free_disk_gb": free_disk_gb("/var/lib/containerd"),
        "swaps": swaps(),
        "ports": taken_ports(set(question["ports"])),
        "route": default_route(),
        "systemd": os.path.isdir("/run/systemd/system"),
        "modules": modules(question["modules"]),
        "sysctl": sysctl(question["sysctl"]),
        "missing_commands": [name for name in question["commands"] if not shutil.which(name)],
        "software": software(),
        "kubernetes": kubernetes(),
        "pod_network_stale": is_older("/etc/cni/net.d/10-containerd-net.conflist", "/etc/containerd/pod-network.conflist"),
    }


if __name__ == "__main__":
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    json.dump(survey(json.loads(sys.argv[1])), sys.stdout)
