package main

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestTheEnvironmentEndsWithThePreviousOutput(t *testing.T) {
	e := execution{
		inputs:   processInputs{environment: map[string]string{"B": "2", "A": "1"}},
		previous: previousOutput{stdout: "out", stderr: "err"},
	}
	got := e.environment([]string{"HOME=/"})
	want := []string{"HOME=/", "A=1", "B=2", "PULUMI_COMMAND_STDOUT=out", "PULUMI_COMMAND_STDERR=err"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestEmptyPreviousOutputSetsNothing(t *testing.T) {
	if got := (execution{}).environment(nil); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestThePreviousOutputCanBeLeftOut(t *testing.T) {
	isAdded := false
	e := execution{inputs: processInputs{addPreviousOutputInEnv: &isAdded}, previous: previousOutput{stdout: "out"}}
	if got := e.environment(nil); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestOneNewlineIsTrimmed(t *testing.T) {
	for text, want := range map[string]string{"": "", "a": "a", "a\n": "a", "a\n\n": "a\n", "\n": "", " a \n": " a "} {
		if got := trim(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// recorder is an engine's log that keeps the lines.
type recorder struct{ lines []string }

func (r *recorder) Log(_ context.Context, _ diag.Severity, _ resource.URN, message string) error {
	r.lines = append(r.lines, message)
	return nil
}

func (r *recorder) LogStatus(ctx context.Context, severity diag.Severity, urn resource.URN, message string) error {
	return r.Log(ctx, severity, urn, message)
}

func TestLinesAreShownWholeHoweverTheyCome(t *testing.T) {
	log := &recorder{}
	provider := newCommandProvider()
	provider.engine = log
	output := provider.newTranscript(t.Context(), execution{})
	for _, part := range []string{"on", "e\ntw", "o\r\n\nlast"} {
		_, _ = output.stdout.Write([]byte(part))
	}
	output.flush()
	if want := []string{"one", "two", "", "last"}; !slices.Equal(log.lines, want) {
		t.Errorf("got %q", log.lines)
	}
	if got := output.stdout.text(); got != "one\ntwo\r\n\nlast" {
		t.Errorf("got %q", got)
	}
}

func TestAFailureNamesTheCommandAndItsOutput(t *testing.T) {
	e := execution{command: "false", inputs: processInputs{environment: map[string]string{"TOKEN": "hidden"}}}
	if got := e.failure(errors.New("exit status 1"), "why\n").Error(); got != "exit status 1: running \"false\":\nwhy\n" {
		t.Errorf("got %q", got)
	}
}

func TestAFailureHidesASecretCommand(t *testing.T) {
	e := execution{command: "login hidden", isSecret: true}
	if got := e.failure(errors.New("exit status 1"), "").Error(); contains(got, "hidden") {
		t.Errorf("got %q", got)
	}
}
