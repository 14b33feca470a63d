package main

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func diff(t *testing.T, olds, news map[string]any) plugin.DiffResponse {
	t.Helper()
	response, err := newCommandProvider().Diff(t.Context(), plugin.DiffRequest{
		OldInputs: properties(olds), NewInputs: properties(news),
	})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func TestEqualInputsAreNoChange(t *testing.T) {
	inputs := map[string]any{"create": "true", "triggers": []any{1.0}}
	if got := diff(t, inputs, inputs); got.Changes != plugin.DiffNone {
		t.Errorf("got %v", got)
	}
}

func TestAChangedInputIsAnUpdate(t *testing.T) {
	got := diff(t, map[string]any{"environment": map[string]any{"A": "1"}}, map[string]any{
		"environment": map[string]any{"A": "2"}, "delete": "true",
	})
	if got.DetailedDiff["environment.A"].Kind != plugin.DiffUpdate || got.DetailedDiff["delete"].Kind != plugin.DiffAdd {
		t.Errorf("got %v", got.DetailedDiff)
	}
}

func TestChangedTriggersReplace(t *testing.T) {
	for name, example := range map[string]struct {
		olds, news map[string]any
		path       string
	}{
		"one of them": {map[string]any{"triggers": []any{1.0}}, map[string]any{"triggers": []any{2.0}}, "triggers[0]"},
		"within one": {
			map[string]any{"triggers": []any{map[string]any{"a": 1.0}}},
			map[string]any{"triggers": []any{map[string]any{"a": 2.0}}}, "triggers[0].a",
		},
		"one more":      {map[string]any{"triggers": []any{1.0}}, map[string]any{"triggers": []any{1.0, 2.0}}, "triggers[1]"},
		"the first":     {map[string]any{}, map[string]any{"triggers": []any{1.0}}, "triggers"},
		"none any more": {map[string]any{"triggers": []any{1.0}}, map[string]any{}, "triggers"},
	} {
		t.Run(name, func(t *testing.T) {
			change, found := diff(t, example.olds, example.news).DetailedDiff[example.path]
			if !found || !change.Kind.IsReplace() {
				t.Errorf("got %v", change)
			}
		})
	}
}
