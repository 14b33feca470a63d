//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startGroup runs a script that prints the ids of its processes, and gives them with a way to end it.
func startGroup(t *testing.T, ending context.Context, script string) (pids []int, cancel func(), result chan error) {
	t.Helper()
	ctx, end := context.WithCancelCause(context.Background())
	command := exec.Command("/bin/sh", "-c", script)
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	result = make(chan error, 1)
	go func() { result <- runGroup(ctx, ending, command) }()
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.Fields(line) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids, func() { end(errCancelled) }, result
}

func isGone(pid int) bool {
	for range 500 {
		if syscall.Kill(pid, 0) != nil || isZombie(pid) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func TestCancellingEndsTheWholeGroup(t *testing.T) {
	pids, cancel, result := startGroup(t, t.Context(), "sleep 300 & echo $$ $!; wait")
	cancel()
	if err := <-result; !errors.Is(err, errCancelled) {
		t.Errorf("got %v", err)
	}
	for _, pid := range pids {
		if !isGone(pid) {
			t.Errorf("process %d is still there", pid)
		}
	}
}

func TestCancellingLetsACommandCleanUp(t *testing.T) {
	file := t.TempDir() + "/cleaned"
	_, cancel, result := startGroup(t, t.Context(), "trap 'echo done > "+file+"; exit 1' TERM; echo $$; sleep 300 & wait")
	cancel()
	<-result
	if err := exec.Command("test", "-s", file).Run(); err != nil {
		t.Error("the command was killed before it could clean up")
	}
}

func TestACommandThatDoesNotEndIsKilled(t *testing.T) {
	ending, end := context.WithCancel(t.Context())
	end()
	pids, cancel, result := startGroup(t, ending, "trap '' TERM; echo $$; while :; do sleep 1; done")
	cancel()
	<-result
	if !isGone(pids[0]) {
		t.Error("the process is still there")
	}
}

func TestTheExitStatusIsTheError(t *testing.T) {
	err := runGroup(t.Context(), t.Context(), exec.Command("/bin/sh", "-c", "exit 3"))
	if err == nil || err.Error() != "exit status 3" {
		t.Errorf("got %v", err)
	}
}

func isZombie(pid int) bool {
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.HasPrefix(string(state), "Z")
}
