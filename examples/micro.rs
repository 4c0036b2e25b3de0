//! micro
use evotor::tissue::random::*; use std::time::Instant; use std::hint::black_box;
struct Job<'a>{d:&'a Draws,n:u32,len:usize}
#[inline(always)]
fn fill(d:&Draws, first:u32, out:&mut [[u32;4]]) {
  for (i,o) in out.iter_mut().enumerate() { *o = philox([first.wrapping_add(i as u32), d.step, 1<<16, d.lesion], d.key); }
}
#[inline(always)]
fn fill4(d:&Draws, first:u32, a:&mut [u32],b:&mut [u32],c:&mut [u32],e:&mut [u32]) {
  let n=a.len(); let (b,c,e)=(&mut b[..n],&mut c[..n],&mut e[..n]);
  for i in 0..n { let o = philox([first.wrapping_add(i as u32), d.step, 1<<16, d.lesion], d.key); a[i]=o[0]; b[i]=o[1]; c[i]=o[2]; e[i]=o[3]; }
}
impl pulp::NullaryFnOnce for Job<'_> { type Output=u32;
 #[inline(always)] fn call(self)->u32 { let mut s=0u32; let mut buf=[[0u32;128];4]; let [a,b,c,e]=&mut buf;
   for i in 0..self.n { fill4(self.d,i*self.len as u32,&mut a[..self.len],&mut b[..self.len],&mut c[..self.len],&mut e[..self.len]); black_box(&a); black_box(&b); black_box(&c); black_box(&e); s^=a[0]; } s } }
fn main(){
  let d=Draws::new(1,2,3);
  for len in [16usize,32,128] {
  let n=16_000_000u32/len as u32;
  let t=Instant::now(); black_box(pulp::Arch::new().dispatch(Job{d:&d,n,len})); println!("len {len} pulp ns/block {:.3}", t.elapsed().as_secs_f64()*1e9/16e6);
  let t=Instant::now(); black_box(pulp::NullaryFnOnce::call(Job{d:&d,n,len})); println!("len {len} plain ns/block {:.3}", t.elapsed().as_secs_f64()*1e9/16e6);
  let mut v=vec![[0u32;4];len];
  let t=Instant::now(); for i in 0..n {fill(&d,i*len as u32,black_box(&mut v));} println!("len {len} aos plain ns/block {:.3}", t.elapsed().as_secs_f64()*1e9/16e6);
  }
}
