package mail

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed words/*.json
var wordFiles embed.FS

// words are one language's texts. What stands in braces is filled in.
type words struct {
	Subject   string `json:"subject"`  // event
	Greeting  string `json:"greeting"` // name
	Intro     string `json:"intro"`    // organiser, event
	When      string `json:"when"`
	Yours     string `json:"yours"`
	Center    string `json:"center"`
	With      string `json:"with"` // name
	How       string `json:"how"`
	Step1     string `json:"step1"` // the link follows on a line of its own
	Step2     string `json:"step2"`
	Step3     string `json:"step3"` // minutes
	Personal  string `json:"personal"`
	Calendar  string `json:"calendar"`
	Cancelled string `json:"cancelled"`
}

// readWords reads all languages; the files are part of the program, and a test
// holds them to their keys.
func readWords() (map[string]words, error) {
	names, err := fs.Glob(wordFiles, "words/*.json")
	if err != nil {
		return nil, err
	}
	all := make(map[string]words, len(names))
	for _, name := range names {
		raw, err := wordFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.DisallowUnknownFields()
		var w words
		if err := d.Decode(&w); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[strings.TrimSuffix(path.Base(name), ".json")] = w
	}
	return all, nil
}

// in finds the words of a BCP 47 language, or else of the language that it is a
// kind of, or else English. zh alone is written in simplified characters.
func in(all map[string]words, language string) (string, words) {
	if language == "zh" {
		language = "zh-Hans"
	}
	for tag := language; tag != ""; {
		if w, ok := all[tag]; ok {
			return tag, w
		}
		i := strings.LastIndexByte(tag, '-')
		if i < 0 {
			break
		}
		tag = tag[:i]
	}
	return "en", all["en"]
}

// fill puts values into a text: pairs of name and value.
func fill(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
