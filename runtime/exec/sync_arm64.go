package exec

// syncInstructions makes code that was written to a page-aligned range visible to instruction fetch.
func syncInstructions(base, size uintptr)
