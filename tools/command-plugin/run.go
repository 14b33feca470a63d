package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// execution is one run of one command.
type execution struct {
	urn      resource.URN
	command  string
	isSecret bool
	inputs   processInputs
	previous previousOutput
}

// previousOutput is what the last run of a resource's command left in the state.
type previousOutput struct{ stdout, stderr string }

// newExecution reads the command under the key and the inputs it runs with.
func newExecution(properties resource.PropertyMap, key resource.PropertyKey) (execution, error) {
	f := fields{properties: properties}
	command := f.text(key)
	e := execution{inputs: f.processInputs(), isSecret: properties[key].ContainsSecrets()}
	if len(f.failures) > 0 {
		return e, fmt.Errorf("%s %s", f.failures[0].Property, f.failures[0].Reason)
	}
	if command == nil {
		return e, fmt.Errorf("%s is not known", key)
	}
	e.command = *command
	return e, nil
}

// run runs the command to its end and gives the outputs it made. A command that fails, or is ended because the
// context ends, is an error that names it and shows its output, but neither its environment nor its input.
func (p *commandProvider) run(ctx context.Context, e execution) (resource.PropertyMap, error) {
	arguments := append(e.interpreter(), e.command)
	command := exec.Command(arguments[0], arguments[1:]...)
	command.Env = e.environment(os.Environ())
	if e.inputs.dir != nil {
		command.Dir = *e.inputs.dir
	}
	if e.inputs.stdin != nil && *e.inputs.stdin != "" {
		command.Stdin = strings.NewReader(*e.inputs.stdin)
	}
	output := p.newTranscript(ctx, e)
	command.Stdout, command.Stderr = &output.stdout, &output.stderr
	err := runGroup(ctx, p.ending, command)
	output.flush()
	if err != nil {
		return nil, e.failure(err, output.both())
	}
	files, err := e.files()
	if err != nil {
		return nil, err
	}
	maps.Copy(files, resource.PropertyMap{
		"stdout": resource.NewProperty(trim(output.stdout.text())),
		"stderr": resource.NewProperty(trim(output.stderr.text())),
	})
	return files, nil
}

func (e execution) interpreter() []string {
	switch {
	case e.inputs.interpreter != nil && len(*e.inputs.interpreter) > 0:
		return slices.Clone(*e.inputs.interpreter)
	case runtime.GOOS == "windows":
		return []string{"cmd", "/C"}
	}
	return []string{"/bin/sh", "-c"}
}

// environment gives the inherited variables, then the inputs' own, then the previous output; the last one counts.
func (e execution) environment(inherited []string) []string {
	variables := slices.Clone(inherited)
	for _, name := range slices.Sorted(maps.Keys(e.inputs.environment)) {
		variables = append(variables, name+"="+e.inputs.environment[name])
	}
	if e.inputs.addPreviousOutputInEnv != nil && !*e.inputs.addPreviousOutputInEnv {
		return variables
	}
	if e.previous.stdout != "" {
		variables = append(variables, "PULUMI_COMMAND_STDOUT="+e.previous.stdout)
	}
	if e.previous.stderr != "" {
		variables = append(variables, "PULUMI_COMMAND_STDERR="+e.previous.stderr)
	}
	return variables
}

func (e execution) failure(cause error, output string) error {
	command := fmt.Sprintf("%q", e.command)
	if e.isSecret {
		command = "[secret]"
	}
	return fmt.Errorf("%w: running %s:\n%s", cause, command, output)
}

// trim takes one newline off the end, where most commands leave one.
func trim(text string) string { return strings.TrimSuffix(text, "\n") }
