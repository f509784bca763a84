using System.Text;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Wire;

/// <summary>One property of a packet that the broker sent.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Number">The value when it is a number; else 0.</param>
/// <param name="Value">The bytes of a string, of binary data, or of the value of a User Property.</param>
/// <param name="Name">The name of a User Property; else empty.</param>
public sealed record ReceivedProperty(PropertyId Id, uint Number, byte[] Value, string Name)
{
    /// <summary><see cref="Value"/> as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Value);

    /// <summary>As a person reads it.</summary>
    public override string ToString() => PropertyRules.Of((uint)Id).Type switch
    {
        PropertyType.StringPair => $"{Id} \"{Name}\" = \"{Text}\"",
        PropertyType.String => $"{Id} \"{Text}\"",
        PropertyType.Binary => $"{Id} {Convert.ToHexString(Value)}",
        _ => $"{Id} {Number}",
    };

    /// <summary>Copies a block that was checked when it was read.</summary>
    internal static IReadOnlyList<ReceivedProperty> ListOf(PropertyBlock block)
    {
        var list = new List<ReceivedProperty>();
        foreach (var property in block)
        {
            var isNumber = PropertyRules.Of((uint)property.Id).Type
                is PropertyType.Byte or PropertyType.UInt16 or PropertyType.UInt32 or PropertyType.VariableByteInteger;
            list.Add(new ReceivedProperty(
                property.Id,
                isNumber ? property.Number : 0,
                property.Value.ToArray(),
                Encoding.UTF8.GetString(property.Name)));
        }

        return list;
    }
}
