//go:build unix && !linux

package main

import "syscall"

// dieWithPlugin does nothing: only Linux tells a process of its parent's death.
func dieWithPlugin(*syscall.SysProcAttr) {}
