package exec

import (
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// rootFS is the file system of the machine.
func rootFS() fs.FS { return os.DirFS("/") }

// cgroupCPUs returns how many processors the Linux control groups of the process allow, rounded up, or 0 where there is
// no limit. It knows version 2 (cpu.max) and version 1 (cpu.cfs_quota_us) at their usual places, and takes the
// smallest limit between the process's group and the root.
func cgroupCPUs(root fs.FS) int {
	data, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	limit := 0
	for line := range strings.Lines(string(data)) {
		// hierarchy:controllers:path, with an empty list of controllers for version 2
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		read, base := readCPUMax, "sys/fs/cgroup"
		if fields[1] != "" {
			if !strings.Contains(","+fields[1]+",", ",cpu,") {
				continue
			}
			read, base = readCFSQuota, "sys/fs/cgroup/cpu"
		}
		for dir := path.Clean("/" + fields[2]); ; dir = path.Dir(dir) {
			if n := read(root, path.Join(base, dir)); n > 0 && (limit == 0 || n < limit) {
				limit = n
			}
			if dir == "/" {
				break
			}
		}
	}
	return limit
}

// readCPUMax reads the limit of a version 2 group: "quota period" or "max period".
func readCPUMax(root fs.FS, dir string) int {
	data, err := fs.ReadFile(root, path.Join(dir, "cpu.max"))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data))
	if len(fields) != 2 {
		return 0
	}
	return ceilQuota(fields[0], fields[1])
}

// readCFSQuota reads the limit of a version 1 group: a quota of -1 means none.
func readCFSQuota(root fs.FS, dir string) int {
	quota, err := fs.ReadFile(root, path.Join(dir, "cpu.cfs_quota_us"))
	if err != nil {
		return 0
	}
	period, err := fs.ReadFile(root, path.Join(dir, "cpu.cfs_period_us"))
	if err != nil {
		return 0
	}
	return ceilQuota(strings.TrimSpace(string(quota)), strings.TrimSpace(string(period)))
}

// ceilQuota returns quota/period rounded up, or 0 if either is not a positive number.
func ceilQuota(quota, period string) int {
	q, err := strconv.ParseInt(quota, 10, 48)
	if err != nil || q <= 0 {
		return 0
	}
	p, err := strconv.ParseInt(period, 10, 48)
	if err != nil || p <= 0 {
		return 0
	}
	return int((q + p - 1) / p)
}
