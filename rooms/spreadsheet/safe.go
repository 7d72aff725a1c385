// Package spreadsheet keeps what people typed from becoming formulas when a
// spreadsheet opens what we write.
//
// It owns nothing but the rule. A copy of it beside each writer was rejected:
// one of them would be forgotten when the rule grows.
package spreadsheet

import "strings"

// Safe puts an apostrophe before what a spreadsheet would take for a formula
// (OWASP, "CSV Injection"), also behind leading blanks.
func Safe(cell string) string {
	if t := strings.TrimLeft(cell, " \u00a0\u3000\ufeff"); t != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(t)[0]) {
		return "'" + cell
	}
	return cell
}
