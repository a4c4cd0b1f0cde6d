/**
 * Microsoft's resource provider namespaces; others are no namespace to ARM.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/azure-services-resource-providers
 */
const names = `
AAD AadCustomSecurityAttributesDiagnosticSettings AADIAM Addons ADHybridHealthService Advisor AgFoodPlatform
AlertsManagement AnalysisServices ApiCenter ApiManagement App AppConfiguration AppPlatform Attestation
Authorization Automanage Automation AVS AzureActiveDirectory AzureArcData AzureData AzureFleet AzureStack
AzureStackHCI AzureTerraform Batch Billing BillingBenefits Blueprint BotService Cache Capacity Cdn
CertificateRegistration ChangeAnalysis ChangeSafety Chaos ClassicCompute ClassicInfrastructureMigrate
ClassicNetwork ClassicStorage ClassicSubscription CodeSigning CognitiveServices Commerce Communication Compute
ComputeSchedule ConfidentialLedger Confluent ConnectedCache ConnectedVMwarevSphere Consumption ContainerInstance
ContainerRegistry ContainerService CostManagement CostManagementExports CustomerLockbox CustomProviders
DashBoard DatabaseWatcher DataBox DataBoxEdge Databricks DataCatalog Datadog DataFactory DataLakeAnalytics
DataLakeStore DataMigration DataProtection DataReplication DataShare DBforMariaDB DBforMySQL DBforPostgreSQL
DesktopVirtualization DevCenter DevHub Devices DeviceUpdate DevOpsInfrastructure DevTestLab
DigitalTwins DocumentDB DomainRegistration Domain Durabletask DynamicsLcm Edge Elastic ElasticSan EventGrid
EventHub ExtendedLocation Fabric Features FluidRelay GraphServices GuestConfiguration HardwareSecurityModules
HDInsight HealthBot HealthcareApis HealthDataAIServices HybridCompute HybridConnectivity HybridContainerService
HybridNetwork ImportExport Insights IoTCentral IoTOperations IoTSecurity KeyVault Kubernetes
KubernetesConfiguration KubernetesRuntime Kusto LabServices LoadTestService Logic MachineLearning
MachineLearningServices Maintenance ManagedIdentity ManagedNetworkFabric ManagedServices Management
ManufacturingPlatform Maps Marketplace MarketplaceNotifications MarketplaceOrdering Media Migrate MixedReality
Monitor MySQLDiscovery NetApp Network NetworkAnalytics NetworkCloud NetworkFunction NotificationHubs
ObjectStore OffAzure OperationalInsights OperationsManagement Orbital Peering PlayFab PolicyInsights Portal
PowerBI PowerBIDedicated PowerPlatform ProgrammableConnectivity ProviderHub Purview Quantum Quota
RecommendationsService RecoveryServices RedHatOpenShift Relay ResourceConnector ResourceGraph ResourceHealth
ResourceNotifications Resources SaaS SaaSHub Scheduler Search Security SecurityCopilot SecurityDetonation
SecurityInsights SerialConsole ServiceBus ServiceFabric ServiceFabricMesh ServiceLinker ServicesHub SignalRService
SoftwarePlan Solutions Sovereign Sql SqlVirtualMachine StandbyPool Storage StorageActions StorageCache
StorageDiscovery StorageMover StoragePool StorageSync StorSimple StreamAnalytics Subscription Support Synapse
Syntex TestBase TimeSeriesInsights UsageBilling VideoIndexer VirtualMachineImages VisualStudio VMware
VoiceServices VSOnline Web WindowsDefenderATP WindowsESU WindowsIoT WorkloadBuilder Workloads
`;

const known = new Set(
  names
    .trim()
    .split(/\s+/)
    .map((name) => `microsoft.${name.toLowerCase()}`),
);

export function isKnownNamespace(namespace: string): boolean {
  return known.has(namespace.toLowerCase());
}
