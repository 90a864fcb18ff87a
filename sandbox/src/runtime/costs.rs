//! What each operator costs in fuel, and each byte of a bulk operation.
//!
//! One unit is about ten picoseconds of native time, so that a copied byte can cost less than an operator. The
//! weights are fitted to native CPU times of real programs (`docs/calibration.md`); an operator cannot see the
//! caches, so that loads and stores carry the mean of their misses. Knows nothing of languages: what a second is,
//! [`Calibration`](crate::Calibration) says.

use wasmtime::{Config, OperatorCost};

/// Fuel of one call of the host: about the time that a call takes.
pub(super) const CALL_FUEL: u64 = 10_000;
/// Fuel of one more piece of memory that a call reads or writes.
pub(super) const VECTOR_FUEL: u64 = 100;
/// Fuel of one byte that is read or written.
pub(super) const STREAM_BYTE_FUEL: u64 = 5;
/// Fuel of one byte of randomness, which is hashed and not copied.
pub(super) const RANDOM_BYTE_FUEL: u64 = 100;

/// What the fuel of a sandbox's executions counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metering {
    /// Time: each operator at the weight of its class. The only choice with which limits mean seconds.
    #[default]
    Time,
    /// Operators, one each and one a byte: for comparison.
    Operators,
    /// The operators or bytes of one class, and one a call: for calibration.
    Count(CostClass),
    /// The calls alone, which wasmtime always counts: for calibration.
    Calls,
    /// Nothing: an endless guest never ends. For measuring what fuel costs.
    Off,
}

/// Defines the classes: `Name weight: operators;` each.
macro_rules! classes {
    ($($(#[$doc:meta])* $class:ident $weight:literal: $($operator:ident)*;)*) => {
        /// Operators, or bytes of a bulk operation, that cost the same.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum CostClass {
            $($(#[$doc])* $class,)*
        }

        impl CostClass {
            /// All classes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$class),*];

            /// Returns what one operator or byte of the class costs, in fuel.
            pub const fn weight(self) -> u8 {
                match self {
                    $(Self::$class => $weight,)*
                }
            }

            /// Returns its name in the calibration's tables.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$class => stringify!($class),)*
                }
            }
        }

        /// Sets the flat cost of each operator that a class names.
        fn set_named(cost: &mut OperatorCost, weight: &impl Fn(CostClass) -> u8) {
            $($(cost.$operator = weight(CostClass::$class);)*)*
        }
    };
}

classes! {
    /// A constant: part of an instruction, mostly.
    Const 2: I32Const I64Const F32Const F64Const;
    /// A local variable: a register, or part of the frame.
    Local 3: LocalGet LocalSet LocalTee;
    /// A global variable, which is the stack pointer.
    Global 7: GlobalGet GlobalSet;
    /// A load, with its share of cache misses.
    Load 14: I32Load I64Load F32Load F64Load I32Load8S I32Load8U I32Load16S I32Load16U I64Load8S I64Load8U
        I64Load16S I64Load16U I64Load32S I64Load32U V128Load V128Load8x8S V128Load8x8U V128Load16x4S
        V128Load16x4U V128Load32x2S V128Load32x2U V128Load8Splat V128Load16Splat V128Load32Splat V128Load64Splat
        V128Load32Zero V128Load64Zero V128Load8Lane V128Load16Lane V128Load32Lane V128Load64Lane;
    /// A store.
    Store 17: I32Store I64Store F32Store F64Store I32Store8 I32Store16 I64Store8 I64Store16 I64Store32 V128Store
        V128Store8Lane V128Store16Lane V128Store32Lane V128Store64Lane;
    /// Integer arithmetic of one cycle.
    Integer 6: I32Add I32Sub I32And I32Or I32Xor I32Shl I32ShrS I32ShrU I32Rotl I32Rotr I32Clz I32Ctz I32Popcnt
        I64Add I64Sub I64And I64Or I64Xor I64Shl I64ShrS I64ShrU I64Rotl I64Rotr I64Clz I64Ctz I64Popcnt;
    /// A comparison of integers, mostly one with the branch on it.
    Compare 6: I32Eqz I32Eq I32Ne I32LtS I32LtU I32GtS I32GtU I32LeS I32LeU I32GeS I32GeU
        I64Eqz I64Eq I64Ne I64LtS I64LtU I64GtS I64GtU I64LeS I64LeU I64GeS I64GeU;
    /// A change of an integer's width.
    Width 4: I32WrapI64 I64ExtendI32S I64ExtendI32U I32Extend8S I32Extend16S I64Extend8S I64Extend16S I64Extend32S;
    /// A product of integers: three cycles.
    Multiply 10: I32Mul I64Mul;
    /// A quotient or remainder of integers: ten cycles and more.
    Divide 70: I32DivS I32DivU I32RemS I32RemU I64DivS I64DivU I64RemS I64RemU;
    /// Floating-point arithmetic of a few cycles.
    Float 16: F32Eq F32Ne F32Lt F32Gt F32Le F32Ge F64Eq F64Ne F64Lt F64Gt F64Le F64Ge
        F32Abs F32Neg F32Add F32Sub F32Mul F32Min F32Max F32Copysign
        F64Abs F64Neg F64Add F64Sub F64Mul F64Min F64Max F64Copysign
        F32Ceil F32Floor F32Trunc F32Nearest F64Ceil F64Floor F64Trunc F64Nearest
        I32TruncF32S I32TruncF32U I32TruncF64S I32TruncF64U I64TruncF32S I64TruncF32U I64TruncF64S I64TruncF64U
        I32TruncSatF32S I32TruncSatF32U I32TruncSatF64S I32TruncSatF64U
        I64TruncSatF32S I64TruncSatF32U I64TruncSatF64S I64TruncSatF64U
        F32ConvertI32S F32ConvertI32U F32ConvertI64S F32ConvertI64U F32DemoteF64
        F64ConvertI32S F64ConvertI32U F64ConvertI64S F64ConvertI64U F64PromoteF32
        I32ReinterpretF32 I64ReinterpretF64 F32ReinterpretI32 F64ReinterpretI64;
    /// A floating-point quotient or square root: a dozen cycles.
    FloatDivide 118: F32Div F32Sqrt F64Div F64Sqrt;
    /// An operation on a vector.
    Vector 15: ;
    /// A choice without a branch.
    Select 9: Select TypedSelect TypedSelectMulti;
    /// A branch on a condition, with its share of wrong predictions.
    Branch 39: BrIf If BrOnNull BrOnNonNull;
    /// A jump, as at the end of an endless loop.
    Jump 30: Br;
    /// A jump through a table.
    Switch 40: BrTable;
    /// A call of a function that is known, and its return.
    Call 17: Call ReturnCall;
    /// A call through a table or a reference: its signature is checked.
    CallIndirect 58: CallIndirect ReturnCallIndirect CallRef ReturnCallRef;
    /// Control flow that makes no code, or hardly any.
    Free 0: Nop Drop Block Loop Else End Return Unreachable TryTable;
    /// A bulk operation apart from its bytes, most of which have few.
    Bulk 255: MemoryCopy MemoryFill MemoryInit;
    /// All other operators that call the runtime: growth, exceptions, tables.
    Runtime 255: MemoryGrow;
    /// A byte copied within memory.
    CopiedByte 8: ;
    /// A byte filled.
    FilledByte 6: ;
}

impl Metering {
    /// Sets how wasmtime's compilers count.
    pub(super) fn apply(self, config: &mut Config) {
        config.consume_fuel(self != Self::Off);
        match self {
            Self::Operators | Self::Off => {}
            Self::Time => {
                config.operator_cost(table(CostClass::weight));
            }
            Self::Count(counted) => {
                config.operator_cost(table(|class| u8::from(class == counted)));
            }
            Self::Calls => {
                config.operator_cost(table(|_| 0));
            }
        }
    }
}

/// Weighs every operator that wasmtime knows.
fn table(weight: impl Fn(CostClass) -> u8) -> OperatorCost {
    let mut cost = OperatorCost::new();
    set_by_proposal(&mut cost, &weight);
    set_named(&mut cost, &weight);
    let (copied, filled) = (weight(CostClass::CopiedByte), weight(CostClass::FilledByte));
    let element = weight(CostClass::Store);
    let bulk = &mut cost.variable;
    bulk.memory_copy_per_byte = copied;
    bulk.memory_init_per_byte = copied;
    bulk.memory_fill_per_byte = filled;
    bulk.memory_grow_per_page = weight(CostClass::Runtime);
    for per_element in [
        &mut bulk.table_copy_per_element,
        &mut bulk.table_fill_per_element,
        &mut bulk.table_init_per_element,
        &mut bulk.table_grow_per_element,
        &mut bulk.array_copy_per_element,
        &mut bulk.array_fill_per_element,
        &mut bulk.array_new_data_per_element,
        &mut bulk.array_init_data_per_element,
        &mut bulk.array_new_elem_per_element,
        &mut bulk.array_init_elem_per_element,
        &mut bulk.array_new_default_per_element,
        &mut bulk.array_new_per_element,
    ] {
        *per_element = element;
    }
    cost
}

/// Gives every operator the cost of its kind, so that none is forgotten: a vector's, or the dearest.
macro_rules! set_by_proposal {
    ($(@$proposal:ident $operator:ident $({ $($field:ident: $ty:ty),* })? => $visit:ident ($($annotation:tt)*))*) => {
        fn set_by_proposal(cost: &mut OperatorCost, weight: &impl Fn(CostClass) -> u8) {
            $(cost.$operator = weight(class_of_proposal!($proposal));)*
        }
    };
}

/// The class of an operator that no class names.
macro_rules! class_of_proposal {
    (simd) => {
        CostClass::Vector
    };
    ($other:ident) => {
        CostClass::Runtime
    };
}

wasmparser::for_each_operator!(set_by_proposal);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_costs_what_its_class_says() {
        let cost = table(CostClass::weight);
        assert_eq!(cost.I64DivU, CostClass::Divide.weight());
        assert_eq!(cost.I32x4Add, CostClass::Vector.weight());
        assert_eq!(cost.Throw, CostClass::Runtime.weight());
        assert_eq!(
            cost.variable.memory_fill_per_byte,
            CostClass::FilledByte.weight()
        );
    }

    #[test]
    fn each_operator_is_of_one_class() {
        let ones = |class| {
            let cost = table(|it| u8::from(it == class));
            [
                cost.I32Add,
                cost.BrIf,
                cost.V128Load,
                cost.I8x16Shuffle,
                cost.TableGrow,
            ]
        };
        let sums = CostClass::ALL
            .iter()
            .map(|class| ones(*class))
            .fold([0; 5], |sums, it| std::array::from_fn(|i| sums[i] + it[i]));
        assert_eq!(sums, [1; 5]);
    }
}
