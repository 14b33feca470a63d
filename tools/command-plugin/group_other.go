//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: this system has no process groups that signals reach.
func ownGroup(*exec.Cmd) {}

// endGroup ends the process alone, at once.
func endGroup(leader *os.Process, _ <-chan struct{}) { _ = leader.Kill() }
