package sched

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Machine is what cost models know of a class of machines: rates that were measured, not those of a data sheet. Schedules
// are made for the first one that has their instruction set, wherever nncc runs; the others say how long that code takes.
type Machine struct {
	Name   string   `json:"name"`
	Doc    string   `json:"doc"`
	Cores  int      `json:"cores"`
	GHz    float64  `json:"ghz"` // clock under load
	Peaks  []Peak   `json:"peaks"`
	Memory []Memory `json:"memory"` // nearest first; the last one has no end
}

// Peak is the rate of one core when it multiplies and adds in registers and does nothing else.
type Peak struct {
	ISA    string  `json:"isa"`
	DType  string  `json:"dtype"`        // f32, bf16 or int8: of the factors
	GFLOPs float64 `json:"gflops_per_s"` // 10^9 operations a second, a multiply-add counted as two
}

// Memory is one level of the memory hierarchy.
type Memory struct {
	Name        string  `json:"name"`
	Bytes       int64   `json:"bytes"`              // that one core can use; 0: without end
	GBPerSec    float64 `json:"gb_per_s"`           // read by one core
	AllGBPerSec float64 `json:"all_cores_gb_per_s"` // read by all cores at once
}

// Machines are the profiles that are checked in. `nncc bench --machine` prints one of the machine at hand.
var Machines = []Machine{
	{
		Name: "generic", Doc: "assumed: four cores at 3 GHz with two multiply-adds a cycle, one of Go code and where dot products of bf16 are fast, of other AVX-512 between the two", Cores: 4, GHz: 3,
		Peaks: []Peak{{"avx512", "f32", 144}, {"avx512_bf16", "f32", 96}, {"avx512_bf16", "bf16", 192}, {"avx2", "f32", 96}, {"portable", "f32", 6}},
		Memory: []Memory{
			{"L1", 32 << 10, 180, 720}, {"L2", 1 << 20, 96, 384}, {"L3", 16 << 20, 48, 192}, {"DRAM", 0, 20, 40},
		},
	},
	{
		Name: "arm64", Doc: "assumed: four cores at 2.5 GHz with two multiply-adds of 128 bits a cycle, one of Go code", Cores: 4, GHz: 2.5,
		Peaks: []Peak{{"neon", "f32", 40}, {"portable", "f32", 5}},
		Memory: []Memory{
			{"L1", 64 << 10, 80, 320}, {"L2", 1 << 20, 60, 240}, {"L3", 8 << 20, 40, 160}, {"DRAM", 0, 15, 30},
		},
	},
	{
		Name: "zen4", Doc: "measured: two cores of a virtual AMD EPYC of the fourth generation", Cores: 2, GHz: 3.6,
		Peaks: []Peak{
			{"avx512", "f32", 114}, {"avx2", "f32", 114}, {"portable", "f32", 14.8},
			{"avx512_bf16", "f32", 114}, {"avx512_bf16", "bf16", 230}, {"avx512", "int8", 450},
		},
		Memory: []Memory{
			{"L1", 32 << 10, 193, 386}, {"L2", 1 << 20, 104, 208}, {"L3", 32 << 20, 70, 140}, {"DRAM", 0, 23, 46},
		},
	},
	{
		Name: "spr", Doc: "measured: two cores of a virtual Intel Xeon of the fourth generation, with AMX", Cores: 2, GHz: 3.44,
		Peaks: []Peak{
			{"avx512", "f32", 220}, {"avx2", "f32", 120}, {"portable", "f32", 13.7},
			{"avx512_bf16", "f32", 220}, {"avx512_bf16", "bf16", 115}, {"avx512", "int8", 920},
			{"amx", "f32", 220}, {"amx", "bf16", 3400}, {"amx", "int8", 6800}, {"amx_bf16", "f32", 220}, {"amx_bf16", "bf16", 3400},
		},
		Memory: []Memory{
			{"L1", 48 << 10, 293, 586}, {"L2", 2 << 20, 180, 360}, {"L3", 64 << 20, 29, 58}, {"DRAM", 0, 18, 36},
		},
	},
}

// LookupMachine finds a profile by its name.
func LookupMachine(name string) (Machine, bool) {
	i := slices.IndexFunc(Machines, func(m Machine) bool { return m.Name == name })
	if i < 0 {
		return Machine{}, false
	}
	return Machines[i], true
}

// ParseMachine reads the form that `nncc bench --machine` prints.
func ParseMachine(text []byte) (Machine, error) {
	var m Machine
	if err := json.Unmarshal(text, &m); err != nil {
		return Machine{}, err
	}
	return m, m.Check()
}

// Check reports all that would make predictions meaningless.
func (m Machine) Check() error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if m.Cores < 1 {
		report("cores is %d, a machine has at least 1", m.Cores)
	}
	if !(m.GHz > 0) {
		report("ghz is %g, must be positive", m.GHz)
	}
	if len(m.Peaks) == 0 {
		report("peaks is empty")
	}
	for i, p := range m.Peaks {
		if !(p.GFLOPs > 0) {
			report("peaks[%d]: gflops_per_s is %g, must be positive", i, p.GFLOPs)
		}
	}
	if len(m.Memory) == 0 {
		report("memory is empty")
	}
	for i, l := range m.Memory {
		last := i == len(m.Memory)-1
		if !(l.GBPerSec > 0) || !(l.AllGBPerSec >= l.GBPerSec) {
			report("memory[%d]: gb_per_s must be positive, and all_cores_gb_per_s no less", i)
		}
		if last != (l.Bytes == 0) || i > 0 && !last && l.Bytes <= m.Memory[i-1].Bytes {
			report("memory[%d]: bytes must grow from level to level, and be 0 for the last", i)
		}
	}
	return errors.Join(problems...)
}

// Peak is the rate of one core in GFLOP/s; false if the profile does not say.
func (m Machine) Peak(isa, dtype string) (float64, bool) {
	for _, p := range m.Peaks {
		if p.ISA == isa && p.DType == dtype {
			return p.GFLOPs, true
		}
	}
	return 0, false
}

// Level is the nearest memory that holds so many bytes.
func (m Machine) Level(bytes int64) Memory {
	for _, l := range m.Memory {
		if bytes <= l.Bytes {
			return l
		}
	}
	return m.Memory[len(m.Memory)-1]
}

// Rate is what so many cores read together, in GB/s.
func (l Memory) Rate(cores int) float64 { return min(float64(cores)*l.GBPerSec, l.AllGBPerSec) }
