package main

import (
	"context"
	"os/exec"
	"runtime"
	"time"
)

const (
	// cancelGrace is what a cancelled command gets between the request to end and the kill.
	cancelGrace = 10 * time.Second
	// endingGrace is the same when the plugin itself must end: the engine gives it 5 s from its interrupt to its kill.
	endingGrace = 4 * time.Second
	// killedGrace bounds the wait for a group that was killed: a process may have left it and hold our pipes.
	killedGrace = time.Second
)

// runGroup runs the command in a process group of its own. When ctx ends, the whole group is asked to end, then
// killed, and the error is the cause of the context's end. The ending of the plugin shortens the grace.
func runGroup(ctx, ending context.Context, command *exec.Cmd) error {
	ownGroup(command)
	started, done := make(chan error), make(chan error, 1)
	go func() {
		// The kernel ties the signal at a parent's death to the thread that started the child: keep it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			done <- command.Wait()
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	endGroup(command.Process, ending.Done())
	select {
	case <-done:
	case <-time.After(killedGrace):
	}
	return context.Cause(ctx)
}
