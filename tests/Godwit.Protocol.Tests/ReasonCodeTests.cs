using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol.Tests;

public sealed class ReasonCodeTests
{
    [Fact]
    public void A_code_is_an_error_from_0x80_on()
    {
        Assert.All(Enum.GetValues<ConnackReasonCode>(), code => Assert.Equal((byte)code >= 128, code.IsError()));
        Assert.All(Enum.GetValues<PubackReasonCode>(), code => Assert.Equal((byte)code >= 128, code.IsError()));
        Assert.All(Enum.GetValues<PubrecReasonCode>(), code => Assert.Equal((byte)code >= 128, code.IsError()));
        Assert.All(Enum.GetValues<PubrelReasonCode>(), code => Assert.Equal((byte)code >= 128, code.IsError()));
        Assert.All(Enum.GetValues<PubcompReasonCode>(), code => Assert.Equal((byte)code >= 128, code.IsError()));
        Assert.All(Enum.GetValues<SubackReasonCode>(), code => Assert.Equal((byte)code >= 128, code.IsError()));
        Assert.All(Enum.GetValues<UnsubackReasonCode>(), code => Assert.Equal((byte)code >= 128, code.IsError()));
        Assert.All(Enum.GetValues<DisconnectReasonCode>(), code => Assert.Equal((byte)code >= 128, code.IsError()));
        Assert.All(Enum.GetValues<AuthReasonCode>(), code => Assert.False(code.IsError()));
        Assert.True(((PubrelReasonCode)128).IsError() && ((PubcompReasonCode)128).IsError() && ((AuthReasonCode)128).IsError());
    }

    [Theory, Spec("R11", "MQTT3-3.2.2-6")]
    [InlineData(ConnackReasonCode.Success, ConnackReturnCode.Accepted)]
    [InlineData(ConnackReasonCode.UnspecifiedError, ConnackReturnCode.ServerUnavailable)]
    [InlineData(ConnackReasonCode.MalformedPacket, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.ProtocolError, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.ImplementationSpecificError, ConnackReturnCode.ServerUnavailable)]
    [InlineData(ConnackReasonCode.UnsupportedProtocolVersion, ConnackReturnCode.UnacceptableProtocolVersion)]
    [InlineData(ConnackReasonCode.ClientIdentifierNotValid, ConnackReturnCode.IdentifierRejected)]
    [InlineData(ConnackReasonCode.BadUserNameOrPassword, ConnackReturnCode.BadUserNameOrPassword)]
    [InlineData(ConnackReasonCode.NotAuthorized, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.ServerUnavailable, ConnackReturnCode.ServerUnavailable)]
    [InlineData(ConnackReasonCode.ServerBusy, ConnackReturnCode.ServerUnavailable)]
    [InlineData(ConnackReasonCode.Banned, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.BadAuthenticationMethod, ConnackReturnCode.BadUserNameOrPassword)]
    [InlineData(ConnackReasonCode.TopicNameInvalid, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.PacketTooLarge, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.QuotaExceeded, ConnackReturnCode.ServerUnavailable)]
    [InlineData(ConnackReasonCode.PayloadFormatInvalid, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.RetainNotSupported, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.QoSNotSupported, ConnackReturnCode.NotAuthorized)]
    [InlineData(ConnackReasonCode.UseAnotherServer, ConnackReturnCode.ServerUnavailable)]
    [InlineData(ConnackReasonCode.ServerMoved, ConnackReturnCode.ServerUnavailable)]
    [InlineData(ConnackReasonCode.ConnectionRateExceeded, ConnackReturnCode.ServerUnavailable)]
    public void A_refusal_is_told_to_a_3_x_client_with_the_nearest_return_code(ConnackReasonCode reasonCode, ConnackReturnCode returnCode) =>
        Assert.Equal(returnCode, reasonCode.ToReturnCode());

    [Fact, Spec("R11")]
    public void A_return_code_is_the_same_after_both_translations()
    {
        foreach (var returnCode in Enum.GetValues<ConnackReturnCode>())
        {
            Assert.Equal(returnCode, returnCode.ToReasonCode().ToReturnCode());
        }

        Assert.Equal(
            [0x00, 0x84, 0x85, 0x88, 0x86, 0x87, 0x80],
            Enumerable.Range(0, 7).Select(code => (int)((ConnackReturnCode)code).ToReasonCode()));
    }
}
