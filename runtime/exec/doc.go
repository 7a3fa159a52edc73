// Package exec runs one variant of a compiled program.
//
// A [Variant] is plain data: kernels, launch lists, buffer offsets and ports. [Open] checks it, lays out memory and
// returns an [Instance]; [Instance.Run] executes the step launches for a batch of samples without allocating.
//
// # Kernels
//
// A kernel is machine code or a Go function. Native kernels follow the System V calling convention (on arm64 the
// standard one, without using x18 and x28) on every operating system and have one signature,
//
//	void kernel(void **args, int64_t lo, int64_t hi, void *scratch)
//
// where [lo, hi) are independent chunks of the launch, args[0] is the parameter block ([Params]), args[1:] are the
// buffers of the launch in order, and scratch is memory of the calling thread alone, aligned to 64 bytes. A native
// kernel preserves the callee-saved registers including the frame pointer, calls nothing outside its own code, executes
// vzeroupper before it returns if it touched wide registers, leaves MXCSR as found, does not use the red zone and uses at
// most Kernel.StackBytes of stack. It must not wait for another thread: the garbage collector cannot interrupt it, which
// is also why Launch.Grain bounds the work of one call.
//
// # Memory
//
// Every buffer of the arena has an offset per sample, scaled by Options.MaxBatch when the variant is opened: a batched
// buffer of sampleBytes at offset o occupies [o*MaxBatch, o*MaxBatch+MaxBatch*sampleBytes), samples one behind the
// other. The outermost part of a chunk number is the group of samples, of a launch that has groups. The arena starts zeroed and is not
// cleared between runs.
//
// # Threads
//
// All instances of a process share one pool of workers. A run takes the workers that are idle at that moment and never
// waits for a busy one. Where runs on one thread have proved faster of late, it takes none. Results do not depend on the
// number of threads.
//
// The package imports the standard library only and has no sub-packages that it needs: its sources are also written,
// renamed, into every generated package.
package exec
