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
  (local $7 i64)
  (local $8 i64)
  (local $9 i64)
  (local $10 i64)
  (local $11 i64)
  (local $12 i64)
  (local $13 i64)
  (local $14 i32)
  (local $15 i32)
  (local $16 i32)
  (local $17 i32)
  (local $scratch i64)
  (local $scratch_19 i64)
  (local $scratch_20 i64)
  (local.set $7
   (i64.load offset=136
    (local.get $0)
   )
  )
  (local.set $4
   (i64.load offset=152
    (local.get $0)
   )
  )
  (local.set $5
   (i64.load offset=160
    (local.get $0)
   )
  )
  (local.set $2
   (i64.load
    (local.get $0)
   )
  )
  (local.set $3
   (i64.load offset=24
    (local.get $0)
   )
  )
  (block $block
   (block
    (loop $label
     (local.set $4
      (block (result i64)
       (local.set $scratch
        (call $fimport$0
         (local.get $14)
         (local.get $4)
        )
       )
       (local.set $5
        (call $fimport$1
         (local.get $14)
         (local.get $4)
         (local.get $5)
         (local.get $6)
        )
       )
       (local.get $scratch)
      )
     )
     (local.set $14
      (i32.const 0)
     )
     (local.set $10
      (local.get $4)
     )
     (local.set $17
      (i32.wrap_i64
       (i64.shr_u
        (local.get $5)
        (i64.const 63)
       )
      )
     )
     (local.set $4
      (block (result i64)
       (local.set $scratch_20
        (local.tee $13
         (i64.and
          (i64.add
           (i64.add
            (local.tee $11
             (i64.and
              (local.get $2)
              (i64.const 4294967295)
             )
            )
            (local.tee $12
             (i64.and
              (local.get $3)
              (i64.const 4294967295)
             )
            )
           )
           (i64.extend_i32_u
            (local.get $17)
           )
          )
          (i64.const 4294967295)
         )
        )
       )
       (local.set $5
        (block (result i64)
         (local.set $scratch_19
          (local.get $11)
         )
         (local.set $6
          (local.get $12)
         )
         (local.get $scratch_19)
        )
       )
       (local.get $scratch_20)
      )
     )
     (local.set $2
      (local.get $13)
     )
     (local.set $1
      (i32.sub
       (local.get $1)
       (i32.const 2)
      )
     )
     (local.set $14
      (i32.const 30)
     )
     (@metadata.code.branch_hint "\00")
     (if
      (i32.lt_s
       (local.get $1)
       (i32.const 0)
      )
      (then
       (local.set $8
        (local.get $7)
       )
       (local.set $15
        (i32.const 0)
       )
       (br $block)
      )
     )
     (br $label)
     (unreachable)
    )
   )
   (local.set $16
    (i32.const 1)
   )
   (local.set $15
    (i32.and
     (i32.shr_u
      (i32.wrap_i64
       (local.get $9)
      )
      (i32.const 8)
     )
     (i32.const 65535)
    )
   )
   (local.set $8
    (i64.add
     (local.get $7)
     (i64.shr_s
      (local.get $9)
      (i64.const 24)
     )
    )
   )
   (local.set $14
    (select
     (local.get $14)
     (i32.and
      (i32.wrap_i64
       (local.get $9)
      )
      (i32.const 255)
     )
     (i32.eq
      (i32.and
       (i32.wrap_i64
        (local.get $9)
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
   (local.get $8)
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
      (local.get $15)
     )
    )
   )
  )
  (i64.store
   (local.get $0)
   (local.get $2)
  )
  (i64.store offset=160
   (local.get $0)
   (call $fimport$1
    (local.get $14)
    (local.get $4)
    (local.get $5)
    (local.get $6)
   )
  )
  (i64.store offset=152
   (local.get $0)
   (call $fimport$0
    (local.get $14)
    (local.get $4)
   )
  )
  (local.get $16)
 )
)
