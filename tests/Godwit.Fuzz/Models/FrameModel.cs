using Godwit.Protocol;

namespace Godwit.Fuzz.Models;

/// <summary>The fixed header (5.0 §2.1, 3.1.1 §2.2) in the plainest form.</summary>
internal static class FrameModel
{
    /// <summary>What stands at the start of a stream.</summary>
    /// <returns>Size is that of the whole packet; 0 as long as it is not known, or never will be.</returns>
    public static (FrameStatus Status, PacketError Error, int Size) Read(ReadOnlySpan<byte> input, ProtocolVersion version)
    {
        if (input.IsEmpty)
        {
            return (FrameStatus.Incomplete, PacketError.None, 0);
        }

        var error = CheckFirstByte(input[0] / 16, input[0] % 16, version);
        if (error != PacketError.None)
        {
            return (FrameStatus.Invalid, error, 0);
        }

        var length = 0;
        for (var digits = 1; digits <= 4; digits++)
        {
            if (input.Length <= digits)
            {
                return (FrameStatus.Incomplete, PacketError.None, 0);
            }

            length += (input[digits] % 128) * (int)Math.Pow(128, digits - 1);
            if (input[digits] < 128)
            {
                var isTooLong = digits > 1 && input[digits] == 0 && version == ProtocolVersion.Mqtt5;
                var size = 1 + digits + length;
                return isTooLong ? (FrameStatus.Invalid, PacketError.VariableByteIntegerNotMinimal, 0)
                    : (input.Length < size ? FrameStatus.Incomplete : FrameStatus.Complete, PacketError.None, size);
            }
        }

        return (FrameStatus.Invalid, PacketError.VariableByteIntegerTooLong, 0);
    }

    /// <summary>Table 2-2: which flags each type has.</summary>
    private static PacketError CheckFirstByte(int type, int flags, ProtocolVersion version)
    {
        if (type == 0 || (type == 15 && version != ProtocolVersion.Mqtt5))
        {
            return PacketError.ReservedPacketType;
        }

        if (type == 3)
        {
            return flags is 6 or 7 or 14 or 15 ? PacketError.QoSInvalid : PacketError.None;
        }

        var isRight = type is 6 or 8 or 10 ? flags == 2 || (flags == 10 && version == ProtocolVersion.Mqtt31) : flags == 0;
        return isRight ? PacketError.None : PacketError.ReservedFlags;
    }
}
