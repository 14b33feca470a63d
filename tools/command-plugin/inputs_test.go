package main

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

func properties(values map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(values)
}

// reasons gives the failures as a map of property to reason.
func reasons(failures []plugin.CheckFailure) map[string]string {
	reasons := map[string]string{}
	for _, failure := range failures {
		reasons[string(failure.Property)] = failure.Reason
	}
	return reasons
}

func TestAllWrongInputsAreNamedAtOnce(t *testing.T) {
	got := reasons(checkCommand(properties(map[string]any{
		"create": 1.0, "environment": map[string]any{"A": 1.0}, "interpreter": []any{"sh", 2.0}, "logging": "loud",
		"triggers": "now", "addPreviousOutputInEnv": "yes", "creat": "true",
	})))
	for property, want := range map[string]string{
		"create":                 "must be a string",
		"environment":            "must be a map of strings",
		"interpreter":            "must be a list of strings",
		"logging":                "must be one of stdout, stderr, stdoutAndStderr, none",
		"triggers":               "must be a list",
		"addPreviousOutputInEnv": "must be true or false",
		"creat":                  "is not an input here; the inputs are create, update, delete, triggers,",
	} {
		if !strings.HasPrefix(got[property], want) {
			t.Errorf("%s: got %q, want %q", property, got[property], want)
		}
	}
	if len(got) != 7 {
		t.Errorf("got %d failures, want 7: %v", len(got), got)
	}
}

func TestUnknownValuesAreTakenAsRight(t *testing.T) {
	unknown := resource.MakeComputed(resource.NewProperty(""))
	inputs := resource.PropertyMap{
		"create": unknown, "logging": resource.MakeSecret(unknown), "triggers": unknown,
		"environment": resource.NewProperty(resource.PropertyMap{"A": unknown}),
	}
	if failures := checkCommand(inputs); len(failures) > 0 {
		t.Errorf("got %v", failures)
	}
	if failures := checkRun(resource.PropertyMap{"command": unknown}); len(failures) > 0 {
		t.Errorf("got %v", failures)
	}
}

func TestSecretsAreReadThrough(t *testing.T) {
	secret := resource.MakeSecret(resource.NewProperty("hidden"))
	e, err := newExecution(resource.PropertyMap{
		"create": secret, "stdin": secret,
		"environment": resource.NewProperty(resource.PropertyMap{"A": secret}),
		"interpreter": resource.MakeSecret(resource.NewProperty([]resource.PropertyValue{secret})),
	}, "create")
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{e.command, *e.inputs.stdin, e.inputs.environment["A"], e.interpreter()[0]} {
		if got != "hidden" {
			t.Errorf("got %q", got)
		}
	}
	if !e.isSecret {
		t.Error("the command is not known to be secret")
	}
}

func TestRunNeedsACommand(t *testing.T) {
	if got := reasons(checkRun(resource.PropertyMap{})); !contains(got["command"], "is missing") {
		t.Errorf("got %v", got)
	}
}

func TestLoggingChoosesStreams(t *testing.T) {
	for logging, want := range map[string][2]bool{
		"stdout": {true, false}, "stderr": {false, true}, "stdoutAndStderr": {true, true}, "none": {false, false},
	} {
		inputs := processInputs{logging: &logging}
		if got := [2]bool{inputs.showsOutput("stdout"), inputs.showsOutput("stderr")}; got != want {
			t.Errorf("%s: got %v", logging, got)
		}
	}
	if !(processInputs{}).showsOutput("stdout") || !(processInputs{}).showsOutput("stderr") {
		t.Error("by default both are shown")
	}
}
