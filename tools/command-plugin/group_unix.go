//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
	"time"
)

// ownGroup makes the command the leader of a process group, which signals then reach as a whole.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithPlugin(command.SysProcAttr)
}

// endGroup asks the group to end, and kills what is left of it after the grace.
func endGroup(leader *os.Process, ending <-chan struct{}) {
	_ = syscall.Kill(-leader.Pid, syscall.SIGTERM)
	kill := time.After(cancelGrace)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for groupExists(leader.Pid) {
		select {
		case <-tick.C:
		case <-ending:
			ending, kill = nil, time.After(endingGrace)
		case <-kill:
			_ = syscall.Kill(-leader.Pid, syscall.SIGKILL)
			return
		}
	}
}
