// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

// readEvidence reads an evidence.json, or the collector's raw output, from a file
// or from standard input ("-"). Raw output becomes a record of one collection; a
// collection that did not come whole is kept, with its problem.
func readEvidence(s streams, path string) (*evidence.Record, error) {
	var input io.Reader = s.in
	name := "standard input"
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		input, name = file, filepath.Base(path)
	}
	content, err := io.ReadAll(io.LimitReader(input, evidence.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
		record, err := evidence.Decode(bytes.NewReader(content))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return record, nil
	}
	probes, nonce, parseErr := probe.Parse(content, "")
	if len(probes) == 0 {
		if parseErr == nil {
			parseErr = fmt.Errorf("no probe")
		}
		return nil, fmt.Errorf("%s is neither an evidence.json nor the output of the collector: %w", name, parseErr)
	}
	collection := evidence.Collection{
		Mode: evidence.ModeFinal, Sequence: 1, Nonce: nonce, Probes: probes,
	}
	if parseErr != nil {
		collection.Problem = parseErr.Error()
	}
	return &evidence.Record{
		Schema: evidence.Schema, Run: evidence.Run{Source: name},
		Collections: []evidence.Collection{collection}, Restorations: []evidence.Restoration{},
	}, nil
}

func collectorCommand() *command {
	c := newCommand("collector", "", "print the collector script, to run by hand on any AIX host")
	c.long = "The script is for any POSIX shell, ksh88 included. It only reads, writes no file, says on standard error what runs, and ends with a line that tells a whole collection from one that was cut off. It needs root to see everything."
	c.examples = []example{
		{program + " collector > collect.sh", "read it before you run it"},
		{"ssh aix ksh < collect.sh > host.evidence", "run it on a host, which needs nothing installed"},
	}
	c.run = func(s streams, args []string) error {
		if len(args) > 0 {
			return errUsage
		}
		_, err := io.WriteString(s.out, probe.Script())
		return err
	}
	return c
}

func factsCommand() *command {
	c := newCommand("facts", "EVIDENCE", "print the facts as JSON, unknowns as null with the reason")
	c.long = "What a policy can speak of, as the parsers read it out of evidence. docs/facts.md describes each fact."
	c.examples = []example{
		{program + " facts host.evidence > facts.json", "what was read, and what could not be"},
	}
	c.operand = hint{files: true}
	management := c.flags.String("management-interface", "", "the management `interface`, where it is not to be detected")
	c.run = func(s streams, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		record, err := readEvidence(s, args[0])
		if err != nil {
			return err
		}
		last := record.Last()
		if last == nil {
			return fmt.Errorf("the evidence holds no collection")
		}
		if *management != "" {
			last.ManagementInterface = *management
		}
		facts := last.Facts()
		encoder := json.NewEncoder(s.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if last.Problem != "" {
			fmt.Fprintln(s.err, "warning:", last.Problem)
		}
		return encoder.Encode(struct {
			Facts   *aix.Facts        `json:"facts"`
			Unknown []aix.UnknownFact `json:"unknown"`
		}{facts, append([]aix.UnknownFact{}, aix.Unknowns(*facts)...)})
	}
	return c
}
