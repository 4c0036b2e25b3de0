//! A struct of 32-bit words that shaders have too.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

/// The implementations of `DeviceType` and `DeviceWords`.
pub fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "words of a device are a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new_spanned(input, "words of a device have names"));
    };
    let name = &input.ident;
    let names: Vec<_> = fields.named.iter().map(|field| &field.ident).collect();
    let kinds: Vec<_> = fields.named.iter().map(|field| &field.ty).collect();
    Ok(quote! {
        impl crate::tissue::layout::DeviceType for #name {
            fn wgsl() -> String {
                stringify!(#name).to_owned()
            }
        }

        impl crate::tissue::layout::DeviceWords for #name {
            fn fields() -> Vec<crate::tissue::layout::WordField> {
                vec![#(crate::tissue::layout::WordField {
                    name: stringify!(#names),
                    at: std::mem::offset_of!(#name, #names) / 4,
                    kind: <#kinds as crate::tissue::layout::DeviceType>::wgsl(),
                }),*]
            }
        }

        const _: () = assert!(align_of::<#name>() == 4, "words of 32 bits alone");
    })
}
