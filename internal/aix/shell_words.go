// SPDX-License-Identifier: MPL-2.0

package aix

import "strings"

// command is one simple command of a line of shell.
type command struct {
	words     []string
	commented bool
}

// commandsOf takes a line of shell apart into simple commands: at ; & | and line
// ends, with quotes taken off, and with the words that only open or close a
// construct (then, do, {, …) left out in front. It knows no here-documents, no
// functions and no expansion: enough for the flat lines of /etc/rc.tcpip, on which a
// command counts only where a command may stand, so that "echo chdev" is no chdev.
// What follows a # is taken apart as well, and marked as a comment.
func commandsOf(line string) []command {
	var found []command
	current := command{}
	var word strings.Builder
	inWord := false
	endWord := func() {
		if inWord {
			current.words = append(current.words, word.String())
			word.Reset()
			inWord = false
		}
	}
	endCommand := func() {
		endWord()
		if current.words = withoutOpening(current.words); len(current.words) > 0 {
			found = append(found, current)
		}
		current = command{commented: current.commented}
	}
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			inWord = true
		case c == '#' && !inWord:
			endCommand()
			current.commented = true
		case c == ' ' || c == '\t':
			endWord()
		case c == ';' || c == '&' || c == '|' || c == '(' || c == ')':
			endCommand()
		case c == '<' || c == '>':
			// A redirection ends the words that matter; what follows is a file's name.
			endWord()
			word.WriteByte(c)
			inWord = true
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	endCommand()
	return found
}

// withoutOpening drops leading words that open or close a construct.
func withoutOpening(words []string) []string {
	for len(words) > 0 {
		switch words[0] {
		case "then", "do", "else", "{", "}", "!", "fi", "done", "if", "while", "until", "exec", "time":
			words = words[1:]
		default:
			return words
		}
	}
	return words
}

// baseName returns what stands after the last slash.
func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
