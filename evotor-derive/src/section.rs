//! A section: a struct with its keys.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields};

use crate::field::Key;
use crate::toml::{self, Item};

/// What `#[section(…)]` says.
#[derive(Default)]
struct About {
    path: String,
    heading: String,
    /// Judges what is written, whatever could be read.
    given: Option<TokenStream>,
    /// Judges what was read.
    rule: Option<TokenStream>,
    /// The section in the words of cards and tables.
    title: Option<TokenStream>,
    /// Whether the table of keys is all that follows.
    keys: bool,
}

impl About {
    fn of(input: &DeriveInput) -> syn::Result<About> {
        let mut about = About::default();
        let attribute = input.attrs.iter().find(|a| a.path().is_ident("section"));
        let Some(syn::Meta::List(list)) = attribute.map(|a| &a.meta) else { return Ok(about) };
        for item in toml::items(list.tokens.clone()) {
            let (name, value) = match Item::of(item.clone()) {
                Item::Pair(name, value) => (name, value),
                Item::Word(word, _) if word == "keys" => {
                    about.keys = true;
                    continue;
                }
                _ => return Err(syn::Error::new_spanned(item, "expected `name = value`, or `keys`")),
            };
            match name.as_str() {
                "path" => about.path = syn::parse2::<syn::LitStr>(value)?.value(),
                "heading" => about.heading = syn::parse2::<syn::LitStr>(value)?.value(),
                "given" => about.given = Some(value),
                "rule" => about.rule = Some(value),
                "title" => about.title = Some(value),
                _ => {
                    return Err(syn::Error::new_spanned(
                        item,
                        format!("`{name}` is not a word of a section"),
                    ));
                }
            }
        }
        // `[time]` unless the section is a list or stands in a line.
        if about.heading.is_empty() {
            about.heading = format!("[{}]", about.path);
        }
        Ok(about)
    }
}

/// The implementation of `Section`.
pub fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "a section is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new_spanned(input, "a section has named fields"));
    };
    let keys: Vec<Option<Key>> = fields.named.iter().map(Key::of).collect::<syn::Result<_>>()?;
    // A field without an attribute is no key: what is derived from others, filled in by the rule.
    let rest = fields.named.iter().zip(&keys).filter(|(_, key)| key.is_none()).map(|(field, _)| &field.ident);
    let rest: Vec<_> = rest.collect();
    let keys: Vec<&Key> = keys.iter().flatten().collect();
    let About { path, heading, given, rule, title, keys: keys_alone } = About::of(input)?;
    let name = &input.ident;
    let doc = toml::doc(&input.attrs);
    let entries = keys.iter().map(|key| key.entry());
    let table = quote! {
        #[allow(unused_imports, reason = "a section uses some of the words")]
        use crate::scenario::declare::*;
        static KEYS: &[Key] = &[#(#entries),*];
        static SECTION: Table = Table { path: #path, heading: #heading, doc: #doc, keys: KEYS };
    };
    if keys_alone {
        let doc = "Where it stands, and its keys.";
        return Ok(quote! {
            #[automatically_derived]
            const _: () = {
                #table
                impl #name {
                    #[doc = #doc]
                    pub const SECTION: &'static Table = &SECTION;
                }
            };
        });
    }
    let reads = keys.iter().map(|key| key.read());
    let idents = keys.iter().map(|key| &key.ident);
    let vars = keys.iter().map(|key| key.read_as());
    let writes = keys.iter().map(|key| key.write());
    let (last, others): (Vec<&Key>, Vec<&Key>) = keys.iter().partition(|key| key.is_last);
    let below = others.into_iter().chain(last).map(Key::write_below);
    let (look, change) = (format_ident!("numbers"), format_ident!("numbers_mut"));
    // Its own numbers come before those of the sections below, as in a file.
    let mut in_order: Vec<(usize, &Key)> = keys.iter().copied().enumerate().collect();
    in_order.sort_by_key(|(_, key)| key.is_section);
    let visits = in_order.iter().map(|(i, key)| key.visit(*i, &look, &quote!(&)));
    let changes = in_order.iter().map(|(i, key)| key.visit(*i, &change, &quote!(&mut)));
    let given = given.map(|rule| quote!(#rule(reader);));
    let mutable = (!rest.is_empty()).then(|| quote!(mut));
    let rule = rule.map(|rule| quote!(#rule(& #mutable read, reader);));
    let title = title.map(|title| match syn::parse2::<syn::LitStr>(title.clone()) {
        Ok(words) => quote!(fn title(&self) -> String { #words.to_owned() }),
        Err(_) => quote!(fn title(&self) -> String { #title(self) }),
    });
    Ok(quote! {
        #[automatically_derived]
        const _: () = {
            #table
            impl Section for #name {
                const KEYS: &'static [Key] = KEYS;
                const SECTION: &'static Table = &SECTION;
                fn read(reader: &Reader<'_>) -> Option<Self> {
                    #(#reads)*
                    reader.judge_conditions();
                    #given
                    let #mutable read = #name { #(#idents: #vars?,)* #(#rest: Default::default(),)* };
                    #rule
                    Some(read)
                }
                fn write(&self, out: &mut Writer) {
                    #(#writes)*
                    #(#below)*
                }
                #title
                fn numbers<'n>(&'n self, place: &Place, visit: &mut Visit<'_, 'n>) {
                    let _ = (place, &visit);
                    #(#visits)*
                }
                fn numbers_mut<'n>(&'n mut self, place: &Place, visit: &mut VisitMut<'_, 'n>) {
                    let _ = (place, &visit);
                    #(#changes)*
                }
            }
        };
    })
}
