package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// dieWithPlugin has the kernel kill the command when this plugin dies without having ended it.
func dieWithPlugin(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGKILL }

// groupExists says whether a process of the group still runs. A dead one that nobody waits for does not count: where
// the first process of a container waits for none, it would count for ever.
func groupExists(leader int) bool {
	if syscall.Kill(-leader, 0) != nil {
		return false
	}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		if state, group := processState(file); group == leader && state != "Z" && state != "X" {
			return true
		}
	}
	return len(files) == 0
}

// processState reads a /proc/PID/stat: "pid (name) state parent group …"; a name may hold anything.
func processState(file string) (state string, group int) {
	text, _ := os.ReadFile(file)
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 3 {
		return "X", 0
	}
	group, _ = strconv.Atoi(string(fields[2]))
	return string(fields[0]), group
}
