"""What the figures were measured on and with."""
import os
import platform
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

KERNEL_SOURCES = ("codegen", "backends/llvmcpu", "runtime/exec")
PACKAGES = ("onnxruntime", "openvino", "MNN", "torch", "torchvision", "numpy")
# Flags that decide which kernels an engine has; virtual machines may hide some that the processor has.
FLAGS = ("avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx_vnni", "avx512_bf16", "avx512_fp16",
         "amx_tile", "amx_bf16", "amx_int8")
AMD_FAMILY_ZEN34 = 25  # Zen 3 and Zen 4, which has AVX-512 where no virtual machine hides it
AMD_MODELS_ZEN3 = (*range(0x10), *range(0x20, 0x60))
INTEL_MODELS_SPR = (143, 207)  # family 6: Sapphire Rapids and Emerald Rapids, which share their core


def cpu_info():
    """Return the first processor's entry of /proc/cpuinfo as a dictionary."""
    entry = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0]
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in entry.splitlines())}


def flags():
    """Return the features of the processor, as the kernel spells them."""
    return set(cpu_info().get("flags", "").split())


def cpu_class(info):
    """Return zen4, spr or generic, the machine profile that the processor belongs to, or zen3 or avx2 where there is no AVX-512."""
    vendor, family, model = info.get("vendor_id"), int(info.get("cpu family", 0)), int(info.get("model", 0))
    present = info.get("flags", "").split()
    if "avx2" in present and "avx512f" not in present:
        return "zen3" if vendor == "AuthenticAMD" and family == AMD_FAMILY_ZEN34 and model in AMD_MODELS_ZEN3 else "avx2"
    if vendor == "AuthenticAMD" and family == AMD_FAMILY_ZEN34 and "avx512f" in present:
        return "zen4"
    if vendor == "GenuineIntel" and family == 6 and model in INTEL_MODELS_SPR:
        return "spr"
    return "generic"


def siblings(cpu):
    """Return the hardware threads of a processor's core as the kernel writes them."""
    path = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    return path.read_text(encoding="utf-8").strip() if path.exists() else str(cpu)


def choose_cpus(count):
    """Return `count` allowed processors, one per core as far as there are cores, the first one last (it serves interrupts)."""
    allowed = sorted(os.sched_getaffinity(0), reverse=True)
    cores = {siblings(cpu): cpu for cpu in reversed(allowed)}
    chosen = sorted(cores.values(), reverse=True)
    chosen += [cpu for cpu in allowed if cpu not in chosen]
    if count > len(chosen):
        sys.exit(f"peers: {count} threads asked for, {len(chosen)} processors allowed")
    return sorted(chosen[:count])


# Counts as far as it gets in a fixed time.
SPIN = "import time\nn, end = 0, time.perf_counter() + 0.15\nwhile time.perf_counter() < end: n += 1\nprint(n)"


def has_cores(cpus):
    """Report whether the processors work side by side: a virtual machine may give them one core at times."""
    def spin(cpus):
        running = [subprocess.Popen(["taskset", "-c", str(cpu), sys.executable, "-c", SPIN], stdout=subprocess.PIPE) for cpu in cpus]
        return sum(int(process.communicate()[0]) for process in running)
    return len(cpus) == 1 or spin(cpus) > 0.8 * len(cpus) * spin(cpus[:1])


def warn_if_busy():
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"load average {load:.1f}: figures of a busy machine are worth little", file=sys.stderr, flush=True)


def output_of(command, **options):
    """Return what a command prints, or "unknown" where it is missing or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def kernel_source_hashes(root):
    """Return git's tree hash of each folder that decides what kernels do, as it is in the working tree."""
    with tempfile.TemporaryDirectory() as folder:
        # An index of our own sees changes that were not committed and leaves the user's alone.
        options = {"cwd": root, "env": os.environ | {"GIT_INDEX_FILE": os.path.join(folder, "index")}}
        output_of(["git", "read-tree", "HEAD"], **options)
        present = [path for path in KERNEL_SOURCES if (root / path).exists()]
        output_of(["git", "add", "--all", "--", *present], **options)
        tree = output_of(["git", "write-tree"], **options)
        return {path: output_of(["git", "rev-parse", f"{tree}:{path}"], **options) for path in KERNEL_SOURCES}


def nncc_versions(nncc):
    """Return the versions of nncc and of the code generator it found, from the lines of `nncc version`."""
    lines = [line.split() for line in output_of([str(nncc), "version"]).splitlines()]
    found = {words[0]: words[1:] for words in lines if len(words) > 1}
    return {"nncc": " ".join(found.get("nncc", ["unknown"])), "llc": found.get("tool", ["none"])[-1]}


def describe(root, nncc):
    """Return class, machine, versions and source hashes for the result file."""
    info = cpu_info()
    present = flags()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    versions = {name: metadata.version(name) for name in PACKAGES}
    versions |= {"python": platform.python_version(), "go": output_of(["go", "env", "GOVERSION"], cwd=root).removeprefix("go")}
    versions |= nncc_versions(nncc) if nncc else {}
    return {
        "cpu_class": cpu_class(info),
        "machine": {
            "processor": info.get("model name", "unknown"),
            "family_model_stepping": "/".join(info.get(key, "?") for key in ("cpu family", "model", "stepping")),
            "flags": [flag for flag in FLAGS if flag in present],
            "virtual": "hypervisor" in present,
            "processors": os.cpu_count(),
            "memory_bytes": memory,
            "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        },
        "versions": versions,
        "kernel_sources": kernel_source_hashes(root),
    }
