package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func folderWith(t *testing.T, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestPatternsChooseFiles(t *testing.T) {
	folder := folderWith(t, "assets/logos/logo.svg", "src/index.js", "src/secret.js", "top.js")
	for name, example := range map[string]struct{ patterns, want []string }{
		"the documented example": {
			[]string{"assets/**", "src/**.js", "!**secret.*"}, []string{"assets/logos/logo.svg", "src/index.js"},
		},
		"one star stays in its folder":       {[]string{"*.js"}, []string{"top.js"}},
		"two stars go into folders":          {[]string{"**.js"}, []string{"src/index.js", "src/secret.js", "top.js"}},
		"a folder alone chooses nothing":     {[]string{"assets"}, nil},
		"a later pattern takes back a no":    {[]string{"!top.js", "top.js"}, []string{"top.js"}},
		"a no alone chooses nothing":         {[]string{"!top.js"}, nil},
		"no patterns choose nothing":         {[]string{}, nil},
		"braces are alternatives":            {[]string{"{top,src/index}.js"}, []string{"src/index.js", "top.js"}},
		"a leading ./ matches no path of it": {[]string{"./top.js"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			assets, err := assetsMatching(folder, example.patterns)
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(assets)); !slices.Equal(got, example.want) {
				t.Errorf("got %q, want %q", got, example.want)
			}
		})
	}
}

func TestABrokenPatternIsNamed(t *testing.T) {
	_, err := assetsMatching(t.TempDir(), []string{"fine", "[broken"})
	if err == nil || !contains(err.Error(), `"[broken" is no pattern`) {
		t.Errorf("got %v", err)
	}
}

func TestAMissingFolderIsAnError(t *testing.T) {
	if _, err := assetsMatching(filepath.Join(t.TempDir(), "missing"), []string{"*"}); err == nil {
		t.Error("no error")
	}
}

func TestAnAssetKnowsItsFile(t *testing.T) {
	folder := folderWith(t, "a/b.txt")
	assets, err := assetsMatching(folder, []string{"**"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := assets["a/b.txt"].Path, folder+"/a/b.txt"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
