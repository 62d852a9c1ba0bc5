package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// TestCommentsNameWhatFollows checks that a comment which begins with a name begins with that of
// its declaration. A name that was changed stays behind in comments, and sends the reader to look
// for what is not there.
func TestCommentsNameWhatFollows(t *testing.T) {
	declarations := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if path == "../../build" { // what was fetched there is written by others
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		check := func(name string, doc *ast.CommentGroup) {
			declarations++
			if first := leadingName(doc.Text()); first != "" && first != name {
				t.Errorf("%s: the comment of %s begins with %s", files.Position(doc.Pos()), name, first)
			}
		}
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				check(d.Name.Name, d.Doc)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						check(s.Name.Name, either(s.Doc, d))
					case *ast.ValueSpec:
						check(s.Names[0].Name, either(s.Doc, d))
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if declarations < 1000 {
		t.Errorf("only %d declarations", declarations)
	}
}

// either returns the comment of one name, or that of a declaration that has no other name.
func either(doc *ast.CommentGroup, d *ast.GenDecl) *ast.CommentGroup {
	if doc == nil && len(d.Specs) == 1 {
		return d.Doc
	}
	return doc
}

// leadingName returns the name that a comment begins with, after an article; "" where it begins
// with another word. Words of a sentence begin with a capital letter and have no other.
func leadingName(text string) string {
	words := strings.Fields(text)
	article := len(words) > 1 && (words[0] == "A" || words[0] == "An")
	if article {
		words = words[1:]
	}
	if len(words) == 0 {
		return ""
	}
	name := strings.TrimSuffix(strings.TrimRight(words[0], ",:;."), "'s")
	if !token.IsIdentifier(name) {
		return ""
	}
	first, rest := rune(name[0]), name[1:]
	mixed := strings.IndexFunc(rest, unicode.IsUpper) >= 0 && strings.ToUpper(name) != name
	switch {
	case article && unicode.IsUpper(first) && strings.ToUpper(name) != name:
		return name
	case !article && (unicode.IsLower(first) || mixed):
		return name
	}
	return ""
}
