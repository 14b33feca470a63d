package main

import (
	"bytes"
	"context"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
)

// transcript collects what a command prints, each stream alone and both in order, and shows the lines in the
// engine's log while the command runs.
type transcript struct {
	mutex          sync.Mutex
	inOrder        bytes.Buffer
	stdout, stderr stream
}

// stream is one of the two, an io.Writer.
type stream struct {
	transcript *transcript
	whole      bytes.Buffer
	// line is the last line, as far as it has come.
	line []byte
	// show is nil for a stream that is not shown.
	show func(line string)
}

func (p *commandProvider) newTranscript(ctx context.Context, e execution) *transcript {
	show := func(line string) {
		// A line that comes after the end of the operation is still of use; one that cannot be shown is in the output.
		_ = p.engine.LogStatus(context.WithoutCancel(ctx), diag.Info, e.urn, line)
	}
	t := &transcript{}
	t.stdout.transcript, t.stderr.transcript = t, t
	if e.inputs.showsOutput("stdout") {
		t.stdout.show = show
	}
	if e.inputs.showsOutput("stderr") {
		t.stderr.show = show
	}
	return t
}

func (s *stream) Write(text []byte) (int, error) {
	s.transcript.mutex.Lock()
	defer s.transcript.mutex.Unlock()
	s.whole.Write(text)
	s.transcript.inOrder.Write(text)
	if s.show != nil {
		s.showLines(text)
	}
	return len(text), nil
}

func (s *stream) showLines(text []byte) {
	s.line = append(s.line, text...)
	for {
		line, rest, isWhole := bytes.Cut(s.line, []byte("\n"))
		if !isWhole {
			return
		}
		s.show(strings.TrimSuffix(string(line), "\r"))
		s.line = rest
	}
}

func (s *stream) text() string {
	s.transcript.mutex.Lock()
	defer s.transcript.mutex.Unlock()
	return s.whole.String()
}

// flush shows last lines that had no end.
func (t *transcript) flush() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, s := range []*stream{&t.stdout, &t.stderr} {
		if s.show != nil && len(s.line) > 0 {
			s.show(string(s.line))
		}
	}
}

func (t *transcript) both() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.inOrder.String()
}
