//! Values in attributes as the TOML text that they stand for.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// The text of a value: a literal, `true`, `-1.0`, `["a", "b"]`, `{ value = 1.0 }`, or in round brackets a constant that
/// holds such a text.
pub fn text(tokens: &TokenStream) -> TokenStream {
    let mut parts = tokens.clone().into_iter();
    if let (Some(TokenTree::Group(group)), None) = (parts.next(), parts.next())
        && group.delimiter() == Delimiter::Parenthesis
    {
        return group.stream();
    }
    written(tokens.clone()).to_token_stream()
}

fn written(tokens: TokenStream) -> String {
    let mut out = String::new();
    for token in tokens {
        match &token {
            TokenTree::Group(group) => {
                let inner = written(group.stream());
                out.push_str(&match group.delimiter() {
                    Delimiter::Bracket => format!("[{inner}]"),
                    _ if inner.is_empty() => "{}".to_owned(),
                    _ => format!("{{ {inner} }}"),
                });
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                '=' => out.push_str(" = "),
                ',' => out.push_str(", "),
                other => out.push(other),
            },
            other => out.push_str(&other.to_string()),
        }
    }
    out
}

/// The doc comment of an item as one paragraph. `\[` stands for a bracket that rustdoc shall not take for a link.
pub fn doc(attributes: &[syn::Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("doc")) {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value
        {
            lines.push(text.value().trim().to_owned());
        }
    }
    // What follows an empty line is for readers of the code.
    let paragraph: Vec<String> = lines.into_iter().take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ").replace("\\[", "[").replace("\\]", "]").replace("\\<", "<")
}

/// The items of an attribute, split at commas.
pub fn items(tokens: TokenStream) -> Vec<TokenStream> {
    let mut items = vec![TokenStream::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => items.push(TokenStream::new()),
            _ => {
                if let Some(last) = items.last_mut() {
                    last.extend([token]);
                }
            }
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

/// An item as `name = value`, `name(value)` or `name`.
pub enum Item {
    /// `name = value`.
    Pair(String, TokenStream),
    /// `name(value)`, or anything else that is called.
    Call(String, TokenStream, TokenStream),
    /// `name`.
    Word(String, TokenStream),
}

impl Item {
    /// Takes an item apart.
    pub fn of(tokens: TokenStream) -> Item {
        let parts: Vec<TokenTree> = tokens.clone().into_iter().collect();
        match &parts[..] {
            [TokenTree::Ident(name), TokenTree::Punct(equals), value @ ..]
                if equals.as_char() == '=' && !value.is_empty() =>
            {
                Item::Pair(name.to_string(), value.iter().cloned().collect())
            }
            [TokenTree::Ident(name), TokenTree::Group(group)]
                if group.delimiter() == Delimiter::Parenthesis =>
            {
                Item::Call(name.to_string(), group.stream(), tokens)
            }
            [TokenTree::Ident(name)] => Item::Word(name.to_string(), tokens),
            _ => Item::Word(String::new(), tokens),
        }
    }
}

/// `key = "a" | "b"` as the condition under which a key may stand.
pub fn condition(tokens: TokenStream) -> syn::Result<TokenStream> {
    let Item::Pair(key, values) = Item::of(tokens.clone()) else {
        return Err(syn::Error::new_spanned(tokens, "expected `key = \"value\" | \"value\"`"));
    };
    let values = values.into_iter().filter(|token| !matches!(token, TokenTree::Punct(_)));
    Ok(quote!(Some(Only { key: #key, values: &[#(#values),*] })))
}
