//! A key: one field with its attribute.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Field, GenericArgument, PathArguments, Type};

use crate::toml::{self, Item};

/// How a field holds its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `T`.
    One,
    /// `Option<T>`.
    Maybe,
    /// `Vec<T>`, of sections only.
    Many,
}

/// A field and what its attribute says.
pub struct Key {
    pub ident: Ident,
    pub ty: Type,
    pub name: String,
    pub shape: Shape,
    /// Whether its value is a section of its own.
    pub is_section: bool,
    /// Whether its value keeps its place in the file.
    pub placed: bool,
    /// Whether it is written after the other sections.
    pub is_last: bool,
    /// Whether it carries its source.
    pub is_number: bool,
    form: TokenStream,
    kind: Option<TokenStream>,
    section: Option<TokenStream>,
    default: Option<TokenStream>,
    example: Option<TokenStream>,
    by: Option<TokenStream>,
    only: TokenStream,
    varies: TokenStream,
    formerly: TokenStream,
    doc: String,
}

impl Key {
    /// The field's key; none if it has no attribute.
    pub fn of(field: &Field) -> syn::Result<Option<Key>> {
        let Some(attribute) = field.attrs.iter().find(|a| a.path().is_ident("key")) else { return Ok(None) };
        let Some(ident) = field.ident.clone() else {
            return Err(syn::Error::new_spanned(field, "a key has a name"));
        };
        let (shape, inner) = shape(&field.ty);
        let (placed, inner) = match argument(inner, "At") {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        let mut key = Key {
            name: ident.to_string(),
            ident,
            ty: inner.clone(),
            shape: if shape == Shape::Many { Shape::One } else { shape },
            is_section: false,
            is_last: false,
            placed,
            is_number: is_named(inner, "Number"),
            form: quote!(Plain),
            kind: None,
            section: None,
            default: None,
            example: None,
            by: None,
            only: quote!(None),
            varies: quote!(None),
            formerly: quote!(None),
            doc: toml::doc(&field.attrs),
        };
        let items = match &attribute.meta {
            syn::Meta::List(list) => toml::items(list.tokens.clone()),
            _ => Vec::new(),
        };
        for item in items {
            key.take(Item::of(item))?;
        }
        if key.is_section {
            key.shape = shape;
        } else if shape == Shape::Many {
            key.ty = field.ty.clone();
            key.placed = false;
        }
        if key.default.is_none() {
            return Err(syn::Error::new_spanned(
                field,
                "say what holds when the key is absent: `required`, `default = …`, `absent = …`",
            ));
        }
        Ok(Some(key))
    }

    fn take(&mut self, item: Item) -> syn::Result<()> {
        match item {
            Item::Word(word, tokens) => match word.as_str() {
                "required" => self.default = Some(quote!(Fallback::Required)),
                "required_there" => self.default = Some(quote!(Fallback::RequiredThere)),
                "section" => self.is_section = true,
                "last" => self.is_last = true,
                _ => self.kind = Some(tokens),
            },
            Item::Pair(name, value) => match name.as_str() {
                "required_in" => self.default = Some(quote!(Fallback::RequiredIn(#value))),
                "required_unless" => self.default = Some(quote!(Fallback::RequiredUnless(#value))),
                "default" => {
                    let text = toml::text(&value);
                    self.default = Some(quote!(Fallback::Value(#text)));
                    self.example.get_or_insert(text);
                }
                "derived" => self.default = Some(quote!(Fallback::Derived(#value))),
                "absent" => self.default = Some(quote!(Fallback::Absent(#value))),
                "example" => self.example = Some(toml::text(&value)),
                "by" => self.by = Some(value),
                "name" => self.name = syn::parse2::<syn::LitStr>(value)?.value(),
                "form" => self.form = value,
                "formerly" => self.formerly = quote!(Some(#value)),
                "varies" => self.varies = quote!(Some(Varies::#value)),
                "slot" => self.varies = quote!(Some(Varies::from(#value))),
                _ => return Err(syn::Error::new_spanned(value, format!("`{name}` is not a word of a key"))),
            },
            Item::Call(name, inner, whole) => match name.as_str() {
                "only" => self.only = toml::condition(inner)?,
                "varies" => self.varies = quote!(Some(Varies::of(#inner))),
                "section" => {
                    self.is_section = true;
                    self.section = Some(inner);
                }
                _ => self.kind = Some(whole),
            },
        }
        Ok(())
    }

    /// The entry of the table of keys.
    pub fn entry(&self) -> TokenStream {
        let Key { name, ty, form, only, varies, formerly, doc, default, .. } = self;
        let kind = match (&self.kind, self.is_section, self.shape, &self.section) {
            (Some(kind), ..) => quote!(#kind),
            (None, true, Shape::Many, Some(place)) => quote!(Kind::Tables(placed!(#ty, #place))),
            (None, true, _, Some(place)) => quote!(Kind::Table(placed!(#ty, #place))),
            (None, true, Shape::Many, None) => quote!(Kind::Tables(<#ty as Section>::SECTION)),
            (None, true, _, None) => quote!(Kind::Table(<#ty as Section>::SECTION)),
            (None, false, ..) => quote!(<#form as Value<#ty>>::KIND),
        };
        let empty = if self.shape == Shape::Many { "[]" } else { "{}" };
        let example = self.example.clone().unwrap_or(quote!(#empty));
        quote! {
            Key {
                name: #name, kind: #kind, default: #default, only: #only, varies: #varies, formerly: #formerly, doc: #doc, example: #example,
            }
        }
    }

    /// The variable that holds what was read.
    pub fn read_as(&self) -> Ident {
        format_ident!("read_{}", self.ident)
    }

    /// Reads the value; what is read is `None` where it is wrong.
    pub fn read(&self) -> TokenStream {
        let (Key { ty, name, form, .. }, var) = (self, self.read_as());
        let call = match (self.is_section, self.shape, self.placed) {
            (true, Shape::One, _) => quote!(section::<#ty>(#name)),
            (true, Shape::Maybe, _) => quote!(maybe_section::<#ty>(#name)),
            (true, Shape::Many, _) => quote!(sections::<#ty>(#name)),
            (false, Shape::Maybe, true) => quote!(maybe_placed::<#form, #ty>(#name)),
            (false, Shape::Maybe, false) => quote!(maybe::<#form, #ty>(#name)),
            (false, _, true) => quote!(placed::<#form, #ty>(#name)),
            (false, _, false) => quote!(value::<#form, #ty>(#name)),
        };
        match &self.by {
            Some(by) => quote!(let #var = if reader.has(#name) { reader.#call } else { #by(reader) };),
            None => quote!(let #var = reader.#call;),
        }
    }

    /// Writes the value; of a section only one that stands in a line.
    pub fn write(&self) -> TokenStream {
        let Key { ident, ty, name, form, .. } = self;
        match (self.is_section, self.shape, self.placed) {
            (true, Shape::One, _) => quote!(out.in_line(#name, &self.#ident);),
            (true, Shape::Maybe, _) => {
                quote!(if let Some(below) = &self.#ident { out.in_line(#name, below); })
            }
            (true, Shape::Many, _) => quote!(),
            (false, Shape::Maybe, true) => {
                quote!(if let Some(at) = &self.#ident { out.value::<#form, #ty>(#name, &at.value); })
            }
            (false, Shape::Maybe, false) => {
                quote!(if let Some(value) = &self.#ident { out.value::<#form, #ty>(#name, value); })
            }
            (false, _, true) => quote!(out.value::<#form, #ty>(#name, &self.#ident.value);),
            (false, _, false) => quote!(out.value::<#form, #ty>(#name, &self.#ident);),
        }
    }

    /// Writes the sections of the key.
    pub fn write_below(&self) -> TokenStream {
        let Key { ident, name, .. } = self;
        if !self.is_section {
            return quote!();
        }
        match self.shape {
            Shape::One => quote!(out.nested(Self::KEYS, #name, &self.#ident);),
            Shape::Maybe => {
                quote!(if let Some(below) = &self.#ident { out.nested(Self::KEYS, #name, below); })
            }
            Shape::Many => quote!(for below in &self.#ident { out.nested(Self::KEYS, #name, below); }),
        }
    }

    /// Visits the numbers of the key, to look at (`quote!(&)`) or to change (`quote!(&mut)`).
    pub fn visit(&self, index: usize, method: &Ident, borrow: &TokenStream) -> TokenStream {
        let ident = &self.ident;
        let key = quote!(&Self::KEYS[#index]);
        match (self.is_number, self.is_section, self.shape) {
            (true, _, Shape::Maybe) => {
                quote!(if let Some(number) = #borrow self.#ident { visit(place, #key, number); })
            }
            (true, ..) => quote!(visit(place, #key, #borrow self.#ident);),
            (_, true, Shape::One) => quote! {{
                let place = place.below(#key, &self.#ident);
                Section::#method(#borrow self.#ident, &place, visit);
            }},
            (_, true, Shape::Maybe) => quote! {
                if let Some(below) = #borrow self.#ident {
                    let place = place.below(#key, &*below);
                    Section::#method(below, &place, visit);
                }
            },
            (_, true, Shape::Many) => quote! {
                for (index, below) in (#borrow self.#ident).into_iter().enumerate() {
                    let place = place.item(#key, index, &*below);
                    Section::#method(below, &place, visit);
                }
            },
            _ => quote!(),
        }
    }
}

fn shape(ty: &Type) -> (Shape, &Type) {
    if let Some(inner) = argument(ty, "Option") {
        return (Shape::Maybe, inner);
    }
    argument(ty, "Vec").map_or((Shape::One, ty), |inner| (Shape::Many, inner))
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|s| s.ident == name))
}

/// What is in the angle brackets of a type of this name.
fn argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|s| s.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}
