(module
 (type $0 (func (param i32 v128 i32) (result i32)))
 (type $1 (func (param i32 v128) (result i64)))
 (type $2 (func (param i32 v128 i64 i64) (result i64)))
 (type $3 (func (param i32 v128 v128 v128 i64 i32) (result v128)))
 (type $4 (func (param i32 v128 i64 i32) (result v128)))
 (type $5 (func (param i32 v128) (result i32)))
 (type $6 (func (param i32 i64 i32) (result i32)))
 (type $7 (func (param i32 i32) (result i64)))
 (import "env" "memory" (memory $mimport$0 0 65536 shared))
 (import "core" "regionFr" (func $fimport$0 (param i32 v128) (result i64)))
 (import "core" "regionFc" (func $fimport$1 (param i32 v128 i64 i64) (result i64)))
 (import "core" "regionMiss" (func $fimport$2 (param i32 v128 i32) (result i32)))
 (import "core" "regionInterpret" (func $fimport$3 (param i32 v128 i32) (result i32)))
 (import "core" "regionVector" (func $fimport$4 (param i32 v128 v128 v128 i64 i32) (result v128)))
 (import "core" "regionX87" (func $fimport$5 (param i32 v128 i64 i32) (result v128)))
 (import "core" "regionSegment" (func $fimport$6 (param i32 v128) (result i32)))
 (export "0" (func $1))
 (func $0 (param $0 i32) (param $1 i64) (param $2 i32) (result i32)
  (local $3 i32)
  (if
   (i64.le_u
    (i64.sub
     (local.get $1)
     (i64.load
      (i32.add
       (local.tee $3
        (i32.add
         (i32.load offset=208
          (local.get $0)
         )
         (i32.and
          (i32.shr_u
           (i32.wrap_i64
            (local.get $1)
           )
           (i32.const 7)
          )
          (i32.const 65504)
         )
        )
       )
       (i32.mul
        (i32.and
         (local.get $2)
         (i32.const 255)
        )
        (i32.const 8)
       )
      )
     )
    )
    (i64.extend_i32_u
     (i32.sub
      (i32.const 4096)
      (i32.shr_u
       (local.get $2)
       (i32.const 8)
      )
     )
    )
   )
   (then
    (return
     (i32.add
      (i32.load offset=20
       (local.get $3)
      )
      (i32.wrap_i64
       (local.get $1)
      )
     )
    )
   )
  )
  (call $fimport$2
   (local.get $0)
   (i64x2.splat
    (local.get $1)
   )
   (local.get $2)
  )
 )
 (func $1 (param $0 i32) (param $1 i32) (result i64)
  (local $2 i64)
  (local $3 i64)
  (local $4 i64)
  (local $5 i64)
  (local $6 i32)
  (local $7 v128)
  (local $8 v128)
  (local $9 v128)
  (local $10 v128)
  (local $11 v128)
  (local $12 f64)
  (local $13 f64)
  (local $14 f64)
  (local $15 f64)
  (local $16 f64)
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
  (local.set $8
   (v128.load offset=2016
    (local.get $0)
   )
  )
  (local.set $7
   (v128.load offset=1984
    (local.get $0)
   )
  )
  (local.set $5
   (block $block (result i64)
    (loop $label
     (local.set $9
      (f64x2.replace_lane 0
       (local.get $7)
       (local.tee $14
        (f64.add
         (local.tee $12
          (f64x2.extract_lane 0
           (local.get $7)
          )
         )
         (local.tee $13
          (f64x2.extract_lane 0
           (local.get $8)
          )
         )
        )
       )
      )
     )
     (local.set $6
      (i32.eqz
       (i32.and
        (i32.eq
         (i32.and
          (i32.load offset=1980
           (local.get $0)
          )
          (i32.const 63584)
         )
         (i32.const 6176)
        )
        (i32.and
         (i32.and
          (i32.or
           (i32.and
            (f64.ge
             (local.tee $15
              (f64.abs
               (local.get $12)
              )
             )
             (f64.reinterpret_i64
              (i64.const 4503599627370496)
             )
            )
            (f64.le
             (local.get $15)
             (f64.reinterpret_i64
              (i64.const 9218868437227405311)
             )
            )
           )
           (f64.eq
            (local.get $12)
            (f64.reinterpret_i64
             (i64.const 0)
            )
           )
          )
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
         )
         (f64.le
          (f64.abs
           (local.get $14)
          )
          (f64.reinterpret_i64
           (i64.const 9218868437227405311)
          )
         )
        )
       )
      )
     )
     (local.set $10
      (local.get $7)
     )
     (local.set $11
      (local.get $8)
     )
     (if
      (local.get $6)
      (then
       (@metadata.code.branch_hint "\00")
       (if
        (i32.ne
         (i32.and
          (i32.load offset=1980
           (local.get $0)
          )
          (i32.const 8064)
         )
         (i32.const 8064)
        )
        (then
         (br $block
          (i64.const 1048831)
         )
        )
       )
       (local.set $9
        (call $fimport$4
         (local.get $0)
         (local.get $10)
         (local.get $11)
         (i64x2.splat
          (i64.const 0)
         )
         (i64.const 0)
         (i32.or
          (i32.const 48)
          (i32.const 0)
         )
        )
       )
      )
     )
     (local.set $7
      (local.get $9)
     )
     (local.set $1
      (i32.add
       (local.get $1)
       (i32.const -2)
      )
     )
     (@metadata.code.branch_hint "\00")
     (if
      (i32.lt_s
       (local.get $1)
       (i32.const 0)
      )
      (then
       (br $block
        (i64.const 255)
       )
      )
     )
     (br $label)
     (unreachable)
    )
    (unreachable)
   )
  )
  (i32.store offset=2496
   (local.get $0)
   (local.get $1)
  )
  (v128.store offset=1984
   (local.get $0)
   (local.get $7)
  )
  (local.get $5)
 )
)
