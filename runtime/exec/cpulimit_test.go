package exec

import (
	"testing"
	"testing/fstest"
)

func TestCgroupCPUs(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  int
	}{
		"no control groups": {nil, 0},
		"version 2 at the root": {map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"}, 2},
		"version 2 without a limit": {map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, 0},
		"version 2, a parent is stricter": {map[string]string{
			"proc/self/cgroup":               "0::/a/b\n",
			"sys/fs/cgroup/a/b/cpu.max":      "800000 100000\n",
			"sys/fs/cgroup/a/cpu.max":        "300000 100000\n",
			"sys/fs/cgroup/cpu.max":          "max 100000\n",
			"sys/fs/cgroup/a/other/cpu.max":  "100000 100000\n",
			"sys/fs/cgroup/a/b/cpuset.other": "1\n"}, 3},
		"version 1": {map[string]string{
			"proc/self/cgroup": "7:memory:/x\n4:cpu,cpuacct:/docker/1\n",
			"sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us":  "50000\n",
			"sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us": "100000\n",
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us":           "-1\n",
			"sys/fs/cgroup/cpu/cpu.cfs_period_us":          "100000\n"}, 1},
		"damaged": {map[string]string{
			"proc/self/cgroup": "0::/../..\nnonsense\n4:cpuset:/\n", "sys/fs/cgroup/cpu.max": "1 0\n",
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "99999999999999999999\n"}, 0},
	} {
		root := fstest.MapFS{}
		for file, text := range c.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := cgroupCPUs(root); got != c.want {
			t.Errorf("%s: %d processors, want %d", name, got, c.want)
		}
	}
}
