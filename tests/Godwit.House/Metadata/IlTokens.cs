using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Godwit.House.Metadata;

/// <summary>Finds the metadata tokens in a method body.</summary>
public static class IlTokens
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(opCode => (int)(ushort)opCode.Value, opCode => opCode.OperandType);

    /// <summary>Walks the instructions.</summary>
    /// <returns>The handles of types, members and methods; strings are left out.</returns>
    public static List<EntityHandle> Of(BlobReader il)
    {
        var tokens = new List<EntityHandle>();
        while (il.RemainingBytes > 0)
        {
            int opCode = il.ReadByte();
            if (opCode == 0xFE)                     // the first byte of a two-byte instruction
            {
                opCode = 0xFE00 | il.ReadByte();
            }

            switch (Operands[opCode])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    tokens.Add(MetadataTokens.EntityHandle(il.ReadInt32()));
                    break;

                case OperandType.InlineSwitch:
                    il.Offset += 4 * il.ReadInt32();
                    break;

                case var operand:
                    il.Offset += SizeOf(operand);
                    break;
            }
        }

        return tokens;
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
