//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// startGroup runs a script that first prints its process id, and gives that with a way to end it.
func startGroup(t *testing.T, ending context.Context, script string) (leader int, cancel func(), result chan error) {
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
	leader, err = strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return leader, func() { end(errCancelled) }, result
}

func TestCancellingEndsTheWholeGroup(t *testing.T) {
	leader, cancel, result := startGroup(t, t.Context(), "sleep 300 & sleep 300 & echo $$; wait")
	cancel()
	if err := <-result; !errors.Is(err, errCancelled) {
		t.Errorf("got %v", err)
	}
	if groupExists(leader) {
		t.Error("a process of the group is still there")
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
	leader, cancel, result := startGroup(t, ending, "trap '' TERM; echo $$; while :; do sleep 1; done")
	cancel()
	<-result
	if groupExists(leader) {
		t.Error("the process is still there")
	}
}

func TestTheExitStatusIsTheError(t *testing.T) {
	err := runGroup(t.Context(), t.Context(), exec.Command("/bin/sh", "-c", "exit 3"))
	if err == nil || err.Error() != "exit status 3" {
		t.Errorf("got %v", err)
	}
}
