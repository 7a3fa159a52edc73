package llvmcpu

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// cacheLimitBytes bounds the compile cache: some thousand kernels.
const cacheLimitBytes = 256 << 20

// cache keeps what llc made of kernels by the content of everything that decides it: in memory, as kernels are compiled again while
// others try tiles, and on disk. A cache that cannot be read or written costs time, never correctness, so its errors are
// not reported.
type cache struct {
	recent *sync.Map    // kernelCode by key
	keys   *sync.Map    // key by that of the kernel in loop IR: for those met before, LLVM IR need not be written
	dir    string       // "" keeps nothing on disk
	grown  *atomic.Bool // something was stored since the last prune
}

// openCache is the cache in dir; by default in $NNCC_CACHE or the user's cache folder. "off" keeps nothing.
func openCache(dir string) cache {
	if dir == "" {
		dir = os.Getenv("NNCC_CACHE")
	}
	if dir == "" {
		if user, err := os.UserCacheDir(); err == nil {
			dir = filepath.Join(user, "nncc")
		}
	}
	if dir == "off" {
		dir = ""
	}
	return cache{recent: new(sync.Map), keys: new(sync.Map), dir: dir, grown: new(atomic.Bool)}
}

// key names a result by the parts that decide it.
func (c cache) key(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func (c cache) path(key string) string {
	return filepath.Join(c.dir, "llc", key[:2], key[2:]+".kernel")
}

// get returns the kernel stored under key and marks it as used, or nil if there is none or it is damaged.
func (c cache) get(key string) *kernelCode {
	if k, ok := c.recent.Load(key); ok {
		return k.(*kernelCode)
	}
	if c.dir == "" {
		return nil
	}
	raw, err := os.ReadFile(c.path(key))
	if err != nil {
		return nil
	}
	k, err := decodeKernel(raw)
	if err != nil {
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(c.path(key), now, now)
	c.recent.Store(key, k)
	return k
}

// put stores a kernel under key: through a temporary file, so that no reader sees half of it.
func (c cache) put(key string, k *kernelCode) {
	c.recent.Store(key, k)
	if c.dir == "" {
		return
	}
	raw, err := k.encode()
	path := c.path(key)
	if err != nil || os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "tmp-*")
	if err != nil {
		return
	}
	_, writeErr := tmp.Write(raw)
	if closeErr := tmp.Close(); writeErr != nil || closeErr != nil || os.Rename(tmp.Name(), path) != nil {
		_ = os.Remove(tmp.Name())
		return
	}
	c.grown.Store(true)
}

// prune removes the entries unused for longest until the cache is within limit. It does nothing if none was added.
func (c cache) prune(limitBytes int64) {
	if c.dir == "" || !c.grown.Swap(false) {
		return
	}
	type entry struct {
		path  string
		bytes int64
		used  time.Time
	}
	var entries []entry
	total := int64(0)
	_ = filepath.WalkDir(filepath.Join(c.dir, "llc"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			entries = append(entries, entry{path, info.Size(), info.ModTime()})
			total += info.Size()
		}
		return nil
	})
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(a.used.Compare(b.used), strings.Compare(a.path, b.path))
	})
	for _, e := range entries {
		if total <= limitBytes {
			return
		}
		if os.Remove(e.path) == nil {
			total -= e.bytes
		}
	}
}
