// SPDX-License-Identifier: MPL-2.0

package template

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"path/filepath"
	"strings"

	"github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/hashicorp/go-cty-funcs/collection"
	"github.com/hashicorp/go-cty-funcs/crypto"
	"github.com/hashicorp/go-cty-funcs/encoding"
	"github.com/hashicorp/go-cty-funcs/uuid"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// functions are Packer's functions (developer.hashicorp.com/packer/docs/templates/hcl_templates/functions).
// Those that look at the clock, the network or a secret store, and those that draw
// random values, give unknown values.
func (r *reading) functions() map[string]function.Function {
	functions := policy.PackerFunctions()
	for name, f := range map[string]function.Function{
		"abspath": r.path(r.absolute), "basename": r.path(filepath.Base), "dirname": r.path(filepath.Dir), "pathexpand": unknown(cty.String),
		"base64decode": encoding.Base64DecodeFunc, "base64encode": encoding.Base64EncodeFunc, "urlencode": encoding.URLEncodeFunc,
		"md5": crypto.Md5Func, "sha1": crypto.Sha1Func, "sha256": crypto.Sha256Func, "sha512": crypto.Sha512Func, "uuidv5": uuid.V5Func,
		"coalesce": collection.CoalesceFunc, "cidrsubnets": cidr.SubnetsFunc, "csvdecode": stdlib.CSVDecodeFunc, "formatdate": stdlib.FormatDateFunc,
		"timeadd": stdlib.TimeAddFunc, "log": stdlib.LogFunc, "pow": unknown(cty.Number), "setproduct": unknown(cty.DynamicPseudoType),
		"file": r.file(func(b []byte) string { return string(b) }), "filebase64": r.file(base64.StdEncoding.EncodeToString),
		"filesha256": r.file(func(b []byte) string { sum := sha256.Sum256(b); return hex.EncodeToString(sum[:]) }),
		"fileexists": r.fileExists(), "fileset": unknown(cty.Set(cty.String)),
		"aws_secretsmanager": unknown(cty.String), "aws_secretsmanager_raw": unknown(cty.String), "bcrypt": unknown(cty.String),
		"consul_key": unknown(cty.String), "consul_keys": unknown(cty.DynamicPseudoType), "env": unknown(cty.String),
		"legacy_isotime": unknown(cty.String), "legacy_strftime": unknown(cty.String), "rsadecrypt": unknown(cty.String),
		"timestamp": unknown(cty.String), "uuidv4": unknown(cty.String), "vault": unknown(cty.String),
		"yamldecode": unknown(cty.DynamicPseudoType), "yamlencode": unknown(cty.String),
	} {
		functions[name] = f
	}
	functions["templatefile"] = r.templateFile(functions)
	return functions
}

// unknown makes a function whose result is not known before a build.
func unknown(ty cty.Type) function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "arguments", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true},
		Type:     function.StaticReturnType(ty),
		Impl:     func([]cty.Value, cty.Type) (cty.Value, error) { return cty.UnknownVal(ty), nil },
	})
}

func (r *reading) path(of func(string) string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.StringVal(filepath.ToSlash(of(args[0].AsString()))), nil
		},
	})
}

func (r *reading) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(r.work, path)
}

// beside is a path that a function was given: relative to the template's folder.
func (r *reading) beside(path string) string {
	if home := strings.TrimPrefix(path, "~/"); home != path || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.root, path)
}

func (r *reading) file(encode func([]byte) string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			file, err := r.reader.Read(r.beside(args[0].AsString()))
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			return cty.StringVal(encode(file.Text)), nil
		},
	})
}

func (r *reading) fileExists() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(r.reader.Exists(r.beside(args[0].AsString()))), nil
		},
	})
}

func (r *reading) templateFile(functions map[string]function.Function) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "path", Type: cty.String},
			{Name: "vars", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true},
		},
		Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			expr, err := r.parseTemplateFile(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			v := r.value(expr, templateContext(args[1], functions))
			if !v.IsKnown() || v.Type() != cty.String {
				return cty.UnknownVal(cty.String), nil
			}
			return v, nil
		},
	})
}

func (r *reading) parseTemplateFile(path string) (hclsyntax.Expression, error) {
	file, err := r.reader.Read(r.beside(path))
	if err != nil {
		return nil, err
	}
	if diags := scanTemplate(file.Text, file.Path); diags.HasErrors() {
		return nil, diags
	}
	expr, diags := hclsyntax.ParseTemplate(file.Text, file.Path, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	r.sources[file.Path] = file.Text
	return expr, nil
}

// templateContext is what a file read by templatefile sees: its variables only.
// A template file cannot read another one.
func templateContext(vars cty.Value, functions map[string]function.Function) *hcl.EvalContext {
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: map[string]function.Function{}}
	for name, f := range functions {
		if name != "templatefile" {
			ctx.Functions[name] = f
		}
	}
	if vars.IsKnown() && !vars.IsNull() && vars.CanIterateElements() {
		for it := vars.ElementIterator(); it.Next(); {
			name, value := it.Element()
			if name.Type() == cty.String {
				ctx.Variables[name.AsString()] = value
			}
		}
	}
	return ctx
}
