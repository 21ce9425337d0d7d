// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The bounds of a policy. They are far above what the built-in policy needs, and low
// enough that a policy made to do harm ends in an error within a second and 100 MB.
const (
	maxFileBytes   = 64 << 10 // one policy file
	maxFiles       = 256      // files of one policy
	maxTotalBytes  = 1 << 20  // all files together
	maxTokens      = 200_000  // tokens in one file
	maxNesting     = 48       // brackets, templates and blocks inside one another
	maxOperators   = 256      // operators in one expression of one bracket level
	maxBlocks      = 2_000    // blocks of one type in a policy, the built-in ones included
	maxLocals      = 2_000    // locals of a policy
	maxDepth       = 48       // values inside one another in a text that is decoded
	maxStringBytes = 1 << 20  // one string value
	maxElements    = 20_000   // elements of one collection that a policy builds
	maxNumberBits  = 4096     // binary exponent of a number, either way

	baseUnits    = 150_000  // evaluation steps and elements with empty roots
	unitsPerLeaf = 100      // more of them for each value in the roots
	baseBytes    = 16 << 20 // bytes of text built with empty roots
	bytesPerLeaf = 4 << 10  // more of them for each value in the roots

	maxFindings    = 20_000 // findings of one evaluation
	maxSubject     = 256    // bytes of a subject
	maxText        = 4 << 10
	maxWhys        = 16 // blamed probes told per finding
	maxDiagnostics = 50 // errors told of one policy
)

// TooComplex is the summary of what Scan refuses besides what is no HCL.
const TooComplex = "Too complex"

// Scan refuses what would make the recursive parser or evaluator run out of stack,
// before either sees it. HCL's scanner does not recurse, so it is safe on anything.
func Scan(src []byte, filename string) hcl.Diagnostics {
	tokens, diags := hclsyntax.LexConfig(src, filename, hcl.InitialPos)
	if diags.HasErrors() {
		return diags
	}
	refuse := func(at hclsyntax.Token, detail string) hcl.Diagnostics {
		return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: TooComplex, Detail: detail, Subject: at.Range.Ptr()}}
	}
	if len(tokens) > maxTokens {
		return refuse(tokens[maxTokens], fmt.Sprintf("A file may hold at most %d tokens; split it into several files.", maxTokens))
	}
	// One counter of operators for each open bracket, and whether that bracket is a
	// brace: directly inside braces a line break ends an item, elsewhere the expression
	// goes on.
	operators, braces := []int{0}, []bool{true}
	open := func(brace bool) { operators, braces = append(operators, 0), append(braces, brace) }
	for _, token := range tokens {
		top := len(operators) - 1
		switch token.Type {
		case hclsyntax.TokenOBrack:
			// An index is an operator of the expression it stands in as well.
			operators[top]++
			open(false)
		case hclsyntax.TokenOBrace:
			open(true)
		case hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
			open(false)
		case hclsyntax.TokenTemplateControl:
			operators[top]++
			open(false)
		case hclsyntax.TokenCBrack, hclsyntax.TokenCBrace, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			if top > 0 {
				operators, braces = operators[:top], braces[:top]
			}
		case hclsyntax.TokenComma:
			operators[top] = 0
		case hclsyntax.TokenNewline:
			if braces[top] {
				operators[top] = 0
			}
		case hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenPercent,
			hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
			hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr,
			hclsyntax.TokenBang, hclsyntax.TokenDot, hclsyntax.TokenQuestion, hclsyntax.TokenColon:
			operators[top]++
		}
		if len(operators) > maxNesting {
			return refuse(token, fmt.Sprintf("Brackets, templates and blocks may be nested at most %d deep.", maxNesting))
		}
		if operators[len(operators)-1] > maxOperators {
			return refuse(token, fmt.Sprintf("One expression may hold at most %d operators; name its parts with locals.", maxOperators))
		}
	}
	return nil
}
