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
  (local $11 i32)
  (local $12 i32)
  (local $13 i32)
  (local $14 i32)
  (local $15 i32)
  (local $scratch i64)
  (local.set $7
   (i64.load offset=136
    (local.get $0)
   )
  )
  (local.set $12
   (i32.load offset=208
    (local.get $0)
   )
  )
  (local.set $5
   (i64.load offset=152
    (local.get $0)
   )
  )
  (local.set $6
   (i64.load offset=160
    (local.get $0)
   )
  )
  (local.set $2
   (i64.load
    (local.get $0)
   )
  )
  (local.set $4
   (i64.load offset=32
    (local.get $0)
   )
  )
  (local.set $3
   (i64.load offset=24
    (local.get $0)
   )
  )
  (block $block1
   (block $block
    (@metadata.code.branch_hint "\01")
    (if
     (i64.le_u
      (i64.sub
       (local.tee $10
        (i64.add
         (local.get $4)
         (i64.const -8)
        )
       )
       (i64.load offset=8
        (local.tee $15
         (i32.add
          (local.get $12)
          (i32.and
           (i32.shr_u
            (i32.wrap_i64
             (local.get $10)
            )
            (i32.const 7)
           )
           (i32.const 32736)
          )
         )
        )
       )
      )
      (i64.const 4088)
     )
     (then
     )
     (else
      (if
       (i32.eqz
        (call $fimport$2
         (local.get $0)
         (local.get $10)
         (i32.const 1)
         (i32.const 8)
        )
       )
       (then
        (local.set $9
         (i64.const 255)
        )
        (br $block)
       )
      )
     )
    )
    (i64.store
     (i32.add
      (i32.load offset=20
       (local.get $15)
      )
      (i32.wrap_i64
       (local.get $10)
      )
     )
     (local.get $2)
    )
    (local.set $4
     (local.get $10)
    )
    (@metadata.code.branch_hint "\01")
    (if
     (i64.le_u
      (i64.sub
       (local.get $4)
       (i64.load
        (local.tee $15
         (i32.add
          (local.get $12)
          (i32.and
           (i32.shr_u
            (i32.wrap_i64
             (local.get $4)
            )
            (i32.const 7)
           )
           (i32.const 32736)
          )
         )
        )
       )
      )
      (i64.const 4088)
     )
     (then
     )
     (else
      (if
       (i32.eqz
        (call $fimport$2
         (local.get $0)
         (local.get $4)
         (i32.const 0)
         (i32.const 8)
        )
       )
       (then
        (local.set $9
         (i64.const 16777727)
        )
        (br $block)
       )
      )
     )
    )
    (local.set $10
     (i64.load
      (i32.add
       (i32.load offset=20
        (local.get $15)
       )
       (i32.wrap_i64
        (local.get $4)
       )
      )
     )
    )
    (local.set $4
     (block (result i64)
      (local.set $scratch
       (i64.add
        (local.get $4)
        (i64.const 8)
       )
      )
      (local.set $3
       (local.get $10)
      )
      (local.get $scratch)
     )
    )
    (local.set $8
     (i64.add
      (local.get $7)
      (i64.const 2)
     )
    )
    (local.set $13
     (i32.const 2)
    )
    (br $block1)
   )
   (local.set $14
    (i32.const 1)
   )
   (local.set $13
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
   (local.set $11
    (select
     (local.get $11)
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
      (local.get $13)
     )
    )
   )
  )
  (i64.store offset=32
   (local.get $0)
   (local.get $4)
  )
  (i64.store offset=24
   (local.get $0)
   (local.get $3)
  )
  (local.get $14)
 )
)
