//go:build unix && !linux

package main

import "syscall"

// dieWithPlugin does nothing: only Linux tells a process of its parent's death.
func dieWithPlugin(*syscall.SysProcAttr) {}

// groupExists says whether the group still has a process.
func groupExists(leader int) bool { return syscall.Kill(-leader, 0) == nil }
