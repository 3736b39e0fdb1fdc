package main

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const oneBlock = `mutation: a name
breaks: a promise
file: code/code.go
`

func TestRead(t *testing.T) {
	t.Run("reads every text file of the folder", func(t *testing.T) {
		mutations, err := read(fstest.MapFS{
			"mutations/a.txt":  {Data: []byte(oneBlock + "-one\n")},
			"mutations/b.txt":  {Data: []byte(oneBlock + "-two\n\n\n" + oneBlock + "-three\n")},
			"mutations/README": {Data: []byte("no mutation")},
		})
		require.NoError(t, err)
		require.Equal(t, []mutation{
			{name: "a name", breaks: "a promise", at: "mutations/a.txt:1", file: "code/code.go", old: "one", tests: []string{}},
			{name: "a name", breaks: "a promise", at: "mutations/b.txt:1", file: "code/code.go", old: "two", tests: []string{}},
			{name: "a name", breaks: "a promise", at: "mutations/b.txt:7", file: "code/code.go", old: "three", tests: []string{}},
		}, mutations)
	})

	t.Run("names the file and the line of an error", func(t *testing.T) {
		_, err := read(fstest.MapFS{"mutations/a.txt": {Data: []byte("\nname: a name\n")}})
		require.EqualError(t, err, `mutations/a.txt:2: unknown key: "name: a name"`)
	})
}

func TestParse(t *testing.T) {
	t.Run("reads each part of a mutation", func(t *testing.T) {
		mutations, err := parse("a.txt", `# A comment, and a blank line.

mutation: the colon: is part of a name
breaks:   a promise
file:     code/code.go
tests:    ./code ./other
run:      TestA|TestB/is c: d
-	if a {
-
-		-b
# Another comment.
-	}
+	+c
`)
		require.NoError(t, err)
		require.Equal(t, []mutation{{
			name: "the colon: is part of a name", breaks: "a promise", at: "a.txt:3", file: "code/code.go",
			old: "\tif a {\n\n\t\t-b\n\t}", new: "\t+c", tests: []string{"./code", "./other"}, run: "TestA|TestB/is c: d",
		}}, mutations)
	})

	t.Run("reads a last line that does not end", func(t *testing.T) {
		mutations, err := parse("a.txt", oneBlock+"-old")
		require.NoError(t, err)
		require.Equal(t, "old", mutations[0].old)
	})

	t.Run("finds nothing in comments", func(t *testing.T) {
		mutations, err := parse("a.txt", "# one\n\n# two\n")
		require.NoError(t, err)
		require.Empty(t, mutations)
	})

	for name, c := range map[string]struct{ text, message string }{
		"a line without a key":      {"return nil\n", `a.txt:1: unknown key: "return nil"`},
		"an indented line":          {oneBlock + " -old\n", `a.txt:4: unknown key: " -old"`},
		"a key without a value":     {"mutation: \n", `a.txt:1: mutation has no value`},
		"a key that is given twice": {oneBlock + "file: other.go\n", `a.txt:4: file is given twice`},
		"a mutation without a name": {"\nbreaks: a promise\nfile: code.go\n-a\n", `a.txt:2: mutation is missing`},
		"no promise":                {"mutation: a name\nfile: code.go\n-a\n", `a.txt:1: breaks is missing`},
		"no file":                   {"mutation: a name\nbreaks: a promise\n-a\n", `a.txt:1: file is missing`},
		"a run that is no pattern":  {oneBlock + "run: (\n-a\n", "a.txt:1: run: error parsing regexp: missing closing ): `(`"},
		"no old text":               {oneBlock + "+new\n", `a.txt:1: the old text is missing`},
		"new text that is the old":  {oneBlock + "-a\n+a\n", `a.txt:1: the new text is the old one`},
		"old text after new text":   {oneBlock + "-a\n+b\n-c\n", `a.txt:6: old text after new text: "-c"`},
		"no blank line in between":  {oneBlock + "-a\n" + oneBlock, `a.txt:5: mutation after the text: a blank line is missing`},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			_, err := parse("a.txt", c.text)
			require.EqualError(t, err, c.message)
		})
	}
}
