using System.Reflection;
using System.Text.RegularExpressions;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Tests.Golden;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests;

public sealed partial class PacketErrorsTests
{
    public static TheoryData<PacketError> Errors => [.. Enum.GetValues<PacketError>().Except([PacketError.None])];

    [Fact]
    public void No_error_is_no_error()
    {
        Assert.Equal(DisconnectReasonCode.NormalDisconnection, PacketError.None.ReasonCode());
        Assert.Equal(ConnackReasonCode.Success, PacketError.None.ConnackReasonCode());
    }

    [Theory, MemberData(nameof(Errors)), Spec("MQTT-4.13.1-1", "MQTT-3.14.2-1")]
    public void An_error_has_a_reason_code_for_DISCONNECT(PacketError error)
    {
        Assert.True(Enum.IsDefined(error.ReasonCode()));
        Assert.True(error.ReasonCode().IsError());
    }

    [Theory, MemberData(nameof(Errors)), Spec("MQTT-3.2.2-8")]
    public void An_error_has_a_reason_code_for_CONNACK(PacketError error)
    {
        Assert.True(Enum.IsDefined(error.ConnackReasonCode()));
        Assert.True(error.ConnackReasonCode().IsError());
    }

    [Fact, Spec("MQTT-3.1.2-1", "MQTT-3.1.2-2", "MQTT-3.1.3-8")]
    public void CONNACK_has_codes_of_its_own_for_version_and_client_identifier()
    {
        Assert.Equal(ConnackReasonCode.UnsupportedProtocolVersion, PacketError.ProtocolNameInvalid.ConnackReasonCode());
        Assert.Equal(ConnackReasonCode.UnsupportedProtocolVersion, PacketError.ProtocolVersionUnsupported.ConnackReasonCode());
        Assert.Equal(ConnackReasonCode.ClientIdentifierNotValid, PacketError.ClientIdInvalid.ConnackReasonCode());
    }

    [Fact]
    public void A_refused_CONNECT_has_the_same_code_in_CONNACK_as_in_DISCONNECT_unless_it_has_its_own()
    {
        var errors = GoldenTable.Rows.Values
            .Where(entry => entry.Row.Bytes[0] >> 4 == (int)PacketType.Connect)
            .Select(entry => entry.Row.Error)
            .Except([PacketError.None, PacketError.ProtocolNameInvalid, PacketError.ProtocolVersionUnsupported]);

        Assert.All(errors, error => Assert.Equal((byte)error.ReasonCode(), (byte)error.ConnackReasonCode()));
    }

    [Theory, MemberData(nameof(Errors))]
    public void An_error_is_described_in_words(PacketError error)
    {
        Assert.NotEmpty(error.Description());
        Assert.DoesNotContain('.', error.Description());
    }

    [Fact]
    public void Every_description_is_different()
    {
        var descriptions = Enum.GetValues<PacketError>().Select(error => error.Description()).ToList();

        Assert.Equal(descriptions.Count, descriptions.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory, MemberData(nameof(Errors))]
    public void An_error_names_a_statement_or_section_of_the_specification(PacketError error)
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var statement = error.Statement(version);
            if (statement.StartsWith("MQTT", StringComparison.Ordinal))
            {
                Assert.Contains(statement, Repository.Statements);
            }
            else
            {
                Assert.Matches("""^((5\.0|3\.1\.1) [1-6](\.[0-9]+)+|a limit of this server)$""", statement);
            }
        }
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt31, "MQTT3-2.2.2-2")]
    [InlineData(ProtocolVersion.Mqtt311, "MQTT3-2.2.2-2")]
    [InlineData(ProtocolVersion.Mqtt5, "MQTT-2.1.3-1")]
    public void The_statement_is_that_of_the_version(ProtocolVersion version, string statement) =>
        Assert.Equal(statement, PacketError.ReservedFlags.Statement(version));

    /// <summary>Malformed (0x81) cannot be parsed, Protocol Error (0x82) can: the words of the specification for each case.</summary>
    [Theory, Spec("MQTT-4.13.1-1")]
    [InlineData(PacketError.ReservedFlags, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.VariableByteIntegerTooLong, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.StringIllFormed, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.StringHasNull, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.PropertyUnknown, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.PropertyNotAllowed, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.ConnectReservedFlag, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.WillQoSInvalid, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.QoSInvalid, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.SubscriptionOptionsReserved, DisconnectReasonCode.MalformedPacket)]
    [InlineData(PacketError.PropertyTwice, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.PropertyValueInvalid, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.SubscriptionQoSInvalid, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.RetainHandlingInvalid, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.NoLocalOnSharedSubscription, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.NoTopicFilters, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.AuthenticationDataWithoutMethod, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.AuthenticationMethodMissing, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.SubscriptionIdentifierFromClient, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.SecondConnect, DisconnectReasonCode.ProtocolError)]
    [InlineData(PacketError.TopicAliasInvalid, DisconnectReasonCode.TopicAliasInvalid)]
    [InlineData(PacketError.PacketTooLarge, DisconnectReasonCode.PacketTooLarge)]
    [InlineData(PacketError.ReceiveMaximumExceeded, DisconnectReasonCode.ReceiveMaximumExceeded)]
    [InlineData(PacketError.QoSNotSupported, DisconnectReasonCode.QoSNotSupported)]
    [InlineData(PacketError.RetainNotSupported, DisconnectReasonCode.RetainNotSupported)]
    public void An_error_has_the_code_that_the_specification_names(PacketError error, DisconnectReasonCode code) =>
        Assert.Equal(code, error.ReasonCode());

    [Fact]
    public void Every_statement_that_a_test_names_exists()
    {
        var named = typeof(PacketErrorsTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static))
            .SelectMany(method => method.GetCustomAttributes<SpecAttribute>())
            .SelectMany(attribute => attribute.Ids)
            .Distinct(StringComparer.Ordinal);

        Assert.All(named, id => Assert.True(Requirement().IsMatch(id) || Repository.Statements.Contains(id), id));
    }

    [GeneratedRegex("^R([1-9]|[1-4][0-9]|5[0-6])$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Requirement();
}
