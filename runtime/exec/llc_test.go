package exec

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// findLLC returns a static compiler for LLVM IR, or skips the test.
func findLLC(t testing.TB) string {
	t.Helper()
	for _, name := range []string{os.Getenv("NNCC_LLC"), "llc-19", "llc"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no llc: neither NNCC_LLC nor llc-19 nor llc names a program")
	return ""
}

// compileKernels compiles LLVM IR and returns the entry of each function. The code may not need relocations.
func compileKernels(t testing.TB, ir string) map[string]uintptr {
	t.Helper()
	triple, ok := map[string]string{"amd64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}[runtime.GOARCH]
	if !ok {
		t.Skip("no native calls on this architecture")
	}
	llc, dir := findLLC(t), t.TempDir()
	source, object := filepath.Join(dir, "k.ll"), filepath.Join(dir, "k.o")
	if err := os.WriteFile(source, []byte(ir), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(llc, "-O2", "-mtriple="+triple, "-relocation-model=pic", "-filetype=obj", "-o", object, source)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f, err := elf.Open(object)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Section(".rela.text") != nil {
		t.Fatal("the test kernels need relocations")
	}
	text, err := f.Section(".text").Data()
	if err != nil {
		t.Fatal(err)
	}
	code := mapTestCode(t, text)
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]uintptr{}
	for _, s := range symbols {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC {
			entries[s.Name] = code.Entry(int(s.Value))
		}
	}
	return entries
}

// stackKernelIR is a kernel that, for each chunk, writes (chunk+1)*i to words words of its stack, reads them back, adds
// them up and stores the sum in the chunk's element of args[1], an int64.
func stackKernelIR(name string, words int) string {
	return fmt.Sprintf(`
define void @%[1]s(i8** noalias %%args, i64 %%lo, i64 %%hi, i8* %%scratch) nounwind noredzone {
entry:
  %%buf = alloca [%[2]d x i64], align 64
  %%slot = getelementptr i8*, i8** %%args, i64 1
  %%raw = load i8*, i8** %%slot
  %%out = bitcast i8* %%raw to i64*
  br label %%chunk
chunk:
  %%c = phi i64 [ %%lo, %%entry ], [ %%c1, %%store ]
  %%f = add i64 %%c, 1
  br label %%fill
fill:
  %%i = phi i64 [ 0, %%chunk ], [ %%i1, %%fill ]
  %%v = mul i64 %%f, %%i
  %%p = getelementptr [%[2]d x i64], [%[2]d x i64]* %%buf, i64 0, i64 %%i
  store volatile i64 %%v, i64* %%p
  %%i1 = add i64 %%i, 1
  %%more = icmp slt i64 %%i1, %[2]d
  br i1 %%more, label %%fill, label %%sum
sum:
  %%j = phi i64 [ 0, %%fill ], [ %%j1, %%sum ]
  %%s = phi i64 [ 0, %%fill ], [ %%s1, %%sum ]
  %%q = getelementptr [%[2]d x i64], [%[2]d x i64]* %%buf, i64 0, i64 %%j
  %%w = load volatile i64, i64* %%q
  %%s1 = add i64 %%s, %%w
  %%j1 = add i64 %%j, 1
  %%left = icmp slt i64 %%j1, %[2]d
  br i1 %%left, label %%sum, label %%store
store:
  %%o = getelementptr i64, i64* %%out, i64 %%c
  store i64 %%s1, i64* %%o
  %%c1 = add i64 %%c, 1
  %%again = icmp slt i64 %%c1, %%hi
  br i1 %%again, label %%chunk, label %%done
done:
  ret void
}
`, name, words)
}

// stackSum is what the stack kernel computes.
func stackSum(chunk, words int) int64 { return int64(chunk+1) * int64(words) * int64(words-1) / 2 }

// clobberKernelIR returns a kernel that destroys every register that a function may change, among them those that Go
// keeps its goroutine and a zero in, and lets llc save the others. It stores lo in args[1][lo], an int64.
func clobberKernelIR() string {
	code, registers := clobberAMD64, "rax,rbx,rcx,rdx,rsi,rdi,r8,r9,r10,r11,r12,r13,r14,r15,xmm0,xmm1,xmm14,xmm15"
	if runtime.GOARCH == "arm64" {
		code, registers = clobberARM64, "x0,x1,x9,x10,x16,x17,x19,x20,x25,x26,x27,x28,v0,v15,v31"
	}
	return fmt.Sprintf(`
define void @clobber(i8** noalias %%args, i64 %%lo, i64 %%hi, i8* %%scratch) nounwind noredzone {
  %%slot = getelementptr i8*, i8** %%args, i64 1
  %%raw = load i8*, i8** %%slot
  %%out = bitcast i8* %%raw to i64*
  %%p = getelementptr i64, i64* %%out, i64 %%lo
  store i64 %%lo, i64* %%p
  call void asm sideeffect "%s", "~{%s},~{memory}"()
  ret void
}
`, code, strings.ReplaceAll(registers, ",", "},~{"))
}

const (
	clobberAMD64 = "movq $$-1, %rax; movq %rax, %rbx; movq %rax, %rcx; movq %rax, %rdx; movq %rax, %rsi; movq %rax, %rdi; " +
		"movq %rax, %r8; movq %rax, %r9; movq %rax, %r10; movq %rax, %r11; movq %rax, %r12; movq %rax, %r13; movq %rax, %r14; " +
		"movq %rax, %r15; pcmpeqd %xmm0, %xmm0; pcmpeqd %xmm1, %xmm1; pcmpeqd %xmm14, %xmm14; pcmpeqd %xmm15, %xmm15"
	clobberARM64 = "mov x0, #-1; mov x1, x0; mov x9, x0; mov x10, x0; mov x16, x0; mov x17, x0; mov x19, x0; mov x20, x0; " +
		"mov x25, x0; mov x26, x0; mov x27, x0; mov x28, x0; movi v0.2d, #-1; movi v15.2d, #-1; movi v31.2d, #-1"
)
