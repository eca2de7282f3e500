(module
 (type $0 (func (param i32 i64) (result i64)))
 (type $1 (func (param i32 i64 i64 i64) (result i64)))
 (type $2 (func (param i32 i64 i32 i32) (result i32)))
 (type $3 (func (param i32 i32) (result i32)))
 (import "env" "memory" (memory $mimport$0 0 65536 shared))
 (import "core" "lazyFr" (func $fimport$0 (param i32 i64) (result i64)))
 (import "core" "lazyFc" (func $fimport$1 (param i32 i64 i64 i64) (result i64)))
 (import "core" "fillTlb" (func $fimport$2 (param i32 i64 i32 i32) (result i32)))
 (export "0" (func $0))
 (func $0 (param $0 i32) (param $1 i32) (result i32)
  (local $2 i64)
  (local $3 i64)
  (local $4 i64)
  (local $5 i64)
  (local $6 i64)
  (local $7 i32)
  (local $8 i32)
  (local $9 i32)
  (local $10 v128)
  (local $11 v128)
  (local $12 v128)
  (local $13 f64)
  (local $14 f64)
  (local $15 f64)
  (local $16 f64)
  (local $17 f64)
  (local.set $4
   (i64.load offset=136
    (local.get $0)
   )
  )
  (local.set $2
   (i64.load offset=152
    (local.get $0)
   )
  )
  (local.set $3
   (i64.load offset=160
    (local.get $0)
   )
  )
  (local.set $11
   (v128.load offset=2016
    (local.get $0)
   )
  )
  (local.set $10
   (v128.load offset=1984
    (local.get $0)
   )
  )
  (block $block1
   (block $block
    (loop $label
     (local.set $12
      (f64x2.replace_lane 0
       (local.get $10)
       (local.tee $15
        (f64.add
         (local.tee $13
          (f64x2.extract_lane 0
           (local.get $10)
          )
         )
         (local.tee $14
          (f64x2.extract_lane 0
           (local.get $11)
          )
         )
        )
       )
      )
     )
     (if
      (i32.eqz
       (i32.and
        (i32.eq
         (i32.and
          (i32.load offset=1980
           (local.get $0)
          )
          (i32.const 61536)
         )
         (i32.const 4128)
        )
        (i32.and
         (i32.and
          (i32.or
           (i32.and
            (f64.ge
             (local.tee $16
              (f64.abs
               (local.get $13)
              )
             )
             (f64.reinterpret_i64
              (i64.const 4503599627370496)
             )
            )
            (f64.le
             (local.get $16)
             (f64.reinterpret_i64
              (i64.const 9218868437227405311)
             )
            )
           )
           (f64.eq
            (local.get $13)
            (f64.reinterpret_i64
             (i64.const 0)
            )
           )
          )
          (i32.or
           (i32.and
            (f64.ge
             (local.tee $17
              (f64.abs
               (local.get $14)
              )
             )
             (f64.reinterpret_i64
              (i64.const 4503599627370496)
             )
            )
            (f64.le
             (local.get $17)
             (f64.reinterpret_i64
              (i64.const 9218868437227405311)
             )
            )
           )
           (f64.eq
            (local.get $14)
            (f64.reinterpret_i64
             (i64.const 0)
            )
           )
          )
         )
         (f64.le
          (f64.abs
           (local.get $15)
          )
          (f64.reinterpret_i64
           (i64.const 9218868437227405311)
          )
         )
        )
       )
      )
      (then
       (local.set $6
        (i64.const 255)
       )
       (br $block)
       (local.set $12
        (i64x2.splat
         (i64.const 0)
        )
       )
      )
     )
     (local.set $10
      (local.get $12)
     )
     (local.set $1
      (i32.sub
       (local.get $1)
       (i32.const 2)
      )
     )
     (@metadata.code.branch_hint "\00")
     (if
      (i32.lt_s
       (local.get $1)
       (i32.const 0)
      )
      (then
       (local.set $5
        (local.get $4)
       )
       (local.set $8
        (i32.const 0)
       )
       (br $block1)
      )
     )
     (br $label)
     (unreachable)
    )
   )
   (local.set $9
    (i32.const 1)
   )
   (local.set $8
    (i32.and
     (i32.shr_u
      (i32.wrap_i64
       (local.get $6)
      )
      (i32.const 8)
     )
     (i32.const 65535)
    )
   )
   (local.set $5
    (i64.add
     (local.get $4)
     (i64.shr_s
      (local.get $6)
      (i64.const 24)
     )
    )
   )
   (local.set $7
    (select
     (local.get $7)
     (i32.and
      (i32.wrap_i64
       (local.get $6)
      )
      (i32.const 255)
     )
     (i32.eq
      (i32.and
       (i32.wrap_i64
        (local.get $6)
       )
       (i32.const 255)
      )
      (i32.const 255)
     )
    )
   )
  )
  (i64.store offset=184
   (local.get $0)
   (local.get $5)
  )
  (i64.store offset=168
   (local.get $0)
   (i64.add
    (i64.load offset=168
     (local.get $0)
    )
    (i64.extend_i32_s
     (i32.add
      (i32.sub
       (i32.load offset=2496
        (local.get $0)
       )
       (local.get $1)
      )
      (local.get $8)
     )
    )
   )
  )
  (v128.store offset=1984
   (local.get $0)
   (local.get $10)
  )
  (local.get $9)
 )
)
