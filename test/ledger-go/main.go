// Checks a bundle of `sallyport ledger export` with the libraries that Go's checksum database is verified with, so
// that no line of Sallyport's own decides whether a Sallyport ledger is sound.
//
// Usage: ledger-go <vkey> <bundle> [<kept checkpoint>...]
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type header struct {
	Bundle     int
	Checkpoint *string
	Events     int64
}

type line struct {
	Seq      int64
	LeafHash string
	Event    json.RawMessage
}

// hashes is the tree's storage: all of its nodes, in the order in which tlog numbers them.
type hashes []tlog.Hash

func (stored hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(stored)) {
			return nil, errors.New("the tree is smaller than what was signed")
		}
		read[i] = stored[index]
	}
	return read, nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: ledger-go <vkey> <bundle> [<kept checkpoint>...]")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

func check(vkey, bundle string, kept []string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	file, err := os.Open(bundle)
	if err != nil {
		return err
	}
	defer file.Close()
	first, stored, err := read(bufio.NewReader(file))
	if err != nil {
		return err
	}
	if first.Checkpoint == nil {
		return errors.New("nothing is signed")
	}
	own, err := open(*first.Checkpoint, verifier)
	if err != nil {
		return err
	}
	if err := begins(own, stored); err != nil {
		return fmt.Errorf("its own checkpoint: %w", err)
	}
	for _, name := range kept {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		old, err := open(string(text), verifier)
		if err != nil {
			return err
		}
		if old.N > own.N {
			return fmt.Errorf("it was rolled back: %d events were signed", old.N)
		}
		if old.N == 0 {
			continue
		}
		proof, err := tlog.ProveTree(own.N, old.N, stored)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, own.N, own.Hash, old.N, old.Hash); err != nil {
			return fmt.Errorf("it doesn't continue %s: %w", name, err)
		}
	}
	for seq := int64(0); seq < own.N; seq++ {
		proof, err := tlog.ProveRecord(own.N, seq, stored)
		if err != nil {
			return err
		}
		leaf, err := stored.ReadHashes([]int64{tlog.StoredHashIndex(0, seq)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, own.N, own.Hash, seq, leaf[0]); err != nil {
			return fmt.Errorf("event %d: %w", seq, err)
		}
	}
	fmt.Printf("%d events are what was signed, and continue %d kept checkpoints\n", own.N, len(kept))
	return nil
}

func read(reader *bufio.Reader) (header, hashes, error) {
	var first header
	text, err := reader.ReadBytes('\n')
	if err != nil {
		return first, nil, fmt.Errorf("no first line: %w", err)
	}
	if err := json.Unmarshal(text, &first); err != nil || first.Bundle != 1 {
		return first, nil, errors.New("no bundle")
	}
	var stored hashes
	for seq := int64(0); ; seq++ {
		text, err := reader.ReadBytes('\n')
		if err == io.EOF && len(text) == 0 {
			if seq != first.Events {
				return first, nil, fmt.Errorf("%d events of %d", seq, first.Events)
			}
			return first, stored, nil
		}
		if err != nil {
			return first, nil, fmt.Errorf("event %d: %w", seq, err)
		}
		var event line
		if err := json.Unmarshal(bytes.TrimSuffix(text, []byte("\n")), &event); err != nil {
			return first, nil, fmt.Errorf("event %d: %w", seq, err)
		}
		if event.Seq != seq {
			return first, nil, fmt.Errorf("event %d: %d lies in its place", seq, event.Seq)
		}
		if hash := tlog.RecordHash(event.Event); fmt.Sprintf("%x", hash[:]) != event.LeafHash {
			return first, nil, fmt.Errorf("event %d: it isn't what its hash was made of", seq)
		}
		added, err := tlog.StoredHashes(seq, event.Event, stored)
		if err != nil {
			return first, nil, err
		}
		stored = append(stored, added...)
	}
}

// begins tells whether the tree begins with what was signed.
func begins(signed tlog.Tree, stored hashes) error {
	root, err := tlog.TreeHash(signed.N, stored)
	if err != nil {
		return err
	}
	if root != signed.Hash {
		return errors.New("the events aren't those that were signed")
	}
	return nil
}

// open reads a checkpoint. It has the form of Go's tree notes, save for an origin of its own.
func open(text string, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("no checkpoint of this ledger")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err
}
