// What a Go program reads of JSON documents, written out so that no two values look alike. With "folds" as argument:
// every pair of characters that Go takes for one another where it matches keys to fields.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if len(os.Args) > 1 && os.Args[1] == "folds" {
		folds(out)
		return
	}
	in := bufio.NewReader(os.Stdin)
	for {
		var length uint32
		if binary.Read(in, binary.BigEndian, &length) != nil {
			return
		}
		document := make([]byte, length)
		if _, err := io.ReadFull(in, document); err != nil {
			panic(err)
		}
		fmt.Fprintln(out, read(document))
	}
}

func read(document []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value, again any
	// Unmarshal refuses what stands behind the value; the decoder shows numbers as they were written.
	if json.Unmarshal(document, &again) != nil || decoder.Decode(&value) != nil {
		return "no"
	}
	var text strings.Builder
	write(&text, value)
	return text.String()
}

func write(text *strings.Builder, value any) {
	switch value := value.(type) {
	case nil:
		text.WriteString("n")
	case bool:
		fmt.Fprintf(text, "%t", value)
	case string:
		fmt.Fprintf(text, "\"%x;", value)
	case json.Number:
		writeNumber(text, value)
	case []any:
		text.WriteString("[")
		for _, item := range value {
			write(text, item)
		}
		text.WriteString("]")
	case map[string]any:
		writeObject(text, value)
	}
}

// An integer where it is one to Go, else a double.
func writeNumber(text *strings.Builder, number json.Number) {
	double, err := strconv.ParseFloat(string(number), 64)
	if err != nil {
		text.WriteString("#no number")
		return
	}
	if integer, err := strconv.ParseInt(string(number), 10, 64); err == nil && int64(double) != integer {
		fmt.Fprintf(text, "#integer %d", integer)
		return
	}
	if double == 0 {
		double = 0
	}
	fmt.Fprintf(text, "#%016x", math.Float64bits(math.Abs(double))|sign(double))
}

func sign(double float64) uint64 {
	if double < 0 {
		return 1 << 63
	}
	return 0
}

// Two keys of which one field would take both are told.
func writeObject(text *strings.Builder, fields map[string]any) {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		for _, other := range keys {
			if strings.EqualFold(key, other) {
				text.WriteString("#one field for two keys")
			}
		}
		keys = append(keys, key)
	}
	sort.Strings(keys)
	text.WriteString("{")
	for _, key := range keys {
		fmt.Fprintf(text, "%x:", key)
		write(text, fields[key])
	}
	text.WriteString("}")
}

func folds(out io.Writer) {
	for one := rune(0); one <= unicode.MaxRune; one++ {
		for other := unicode.SimpleFold(one); other != one; other = unicode.SimpleFold(other) {
			fmt.Fprintf(out, "%x %x\n", one, other)
		}
	}
}
